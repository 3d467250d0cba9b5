"""Who is who: every browser gets a random id in a signed cookie that scripts cannot read."""

import hmac
import os
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from tempfile import NamedTemporaryFile

from itsdangerous import BadSignature, Signer
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config.environment import data_folder, variable

VISITOR_COOKIE = "visitor"
ONE_YEAR = 365 * 24 * 3600
SHORTEST_SECRET = 32
CONDITIONS = (b"if-none-match", b"if-modified-since")


class VisitorIds:
    """Makes visitors' ids, and tells those that were made here from all others.

    Args:
        secret: what only this app's own processes know.
    """

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._signer = Signer(self._secret, salt=VISITOR_COOKIE, digest_method=sha256)

    def new_cookie(self) -> str:
        """A new visitor's id with its signature."""
        return self._signer.sign(token_hex(16)).decode()

    def read(self, cookie: object) -> str | None:
        """The id in a cookie; None if there is none or it was not signed here."""
        if not isinstance(cookie, str):
            return None
        try:
            return self._signer.unsign(cookie).decode()
        except (BadSignature, UnicodeError):
            return None

    def of_account(self, issuer: str, subject: str) -> str:
        """The id of whoever has signed in, the same in every browser.

        Args:
            issuer: address of the identity provider.
            subject: what the provider calls this person.
        """
        named = f"{len(issuer)}:{issuer}{subject}".encode()
        return hmac.new(self._secret, named, sha256).hexdigest()[:32]


@cache
def visitor_ids() -> VisitorIds:
    """The ids of this process' visitors."""
    return VisitorIds(cookie_secret(data_folder()))


def cookie_secret(folder: Path) -> str:
    """The secret that signs cookies: `COOKIE_SECRET`, or the one kept in `folder`.

    Replicas of the app must share the variable or the folder.

    Raises:
        ValueError: `COOKIE_SECRET` is too short to be a secret.
    """
    secret = variable("COOKIE_SECRET")
    if not secret:
        return _kept_secret(folder / "cookie_secret")
    if len(secret) < SHORTEST_SECRET:
        raise ValueError(
            f"COOKIE_SECRET has {len(secret)} characters; it needs {SHORTEST_SECRET} or more. "
            "Make one with: python -c 'import secrets; print(secrets.token_hex())'"
        )
    return secret


def _kept_secret(file: Path) -> str:
    """Read the secret in `file`, made at the first start, for nobody else to read."""
    if not file.exists():
        # A link appears whole or not at all: of two first starts at once, one secret remains.
        with NamedTemporaryFile("w", dir=file.parent) as made:
            made.write(token_hex(32))
            made.flush()
            with suppress(FileExistsError):
                os.link(made.name, file)
    return file.read_text()


class VisitorCookie:
    """Middleware that gives a signed cookie to whoever opens a page without one.

    Not Starlette's `SessionMiddleware`: it asks no answer whether proxies may keep it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._visitors = visitor_ids()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; add the cookie to a page for a new visitor."""
        if scope["type"] != "http" or visitor_of(scope):
            await self._app(scope, receive, send)
            return
        # A browser that still has the page must get it again: "not modified" carries no cookie.
        asked = [header for header in scope["headers"] if header[0] not in CONDITIONS]

        async def send_with_cookie(message: Message) -> None:
            # Pages only: what a proxy may keep would hand one visitor's id to the next.
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("set-cookie", self._new_cookie(scope))
                    headers["cache-control"] = "no-store"
            await send(message)

        await self._app({**scope, "headers": asked}, receive, send_with_cookie)

    def _new_cookie(self, scope: Scope) -> str:
        forwarded = Headers(scope=scope).get("x-forwarded-proto", "")
        secure = "; Secure" if "https" in (scope["scheme"], forwarded) else ""
        return (
            f"{VISITOR_COOKIE}={self._visitors.new_cookie()}; Path=/; Max-Age={ONE_YEAR}; "
            f"HttpOnly; SameSite=Lax{secure}"
        )


def visitor_of(scope: Scope) -> str | None:
    """Whose request or websocket this is; None without a cookie that was signed here."""
    return visitor_ids().read(HTTPConnection(scope).cookies.get(VISITOR_COOKIE))
