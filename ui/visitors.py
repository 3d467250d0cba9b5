"""Who is who: every browser gets a random id in a cookie that scripts cannot read."""

from http.cookies import SimpleCookie
from secrets import token_hex

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.session import VISITOR_COOKIE

ONE_YEAR = 365 * 24 * 3600


class VisitorCookie:
    """Middleware that gives a cookie with a random id to whoever comes without one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; add the cookie to the answer to a new visitor."""
        if scope["type"] != "http" or _has_cookie(scope):
            await self.app(scope, receive, send)
            return

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", _new_cookie(scope))
            await send(message)

        await self.app(scope, receive, send_with_cookie)


def _has_cookie(scope: Scope) -> bool:
    cookies = [value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"]
    return any(VISITOR_COOKIE in SimpleCookie(cookie) for cookie in cookies)


def _new_cookie(scope: Scope) -> str:
    secure = "; Secure" if scope.get("scheme") == "https" else ""
    return (
        f"{VISITOR_COOKIE}={token_hex(16)}; Path=/; Max-Age={ONE_YEAR}; "
        f"HttpOnly; SameSite=Lax{secure}"
    )
