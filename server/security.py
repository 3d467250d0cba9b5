"""What every answer tells browsers to forbid, and which requests get no answer at all."""

import base64
import re
from functools import cache
from hashlib import sha256
from importlib.resources import files

import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config.environment import variable
from server.connections import Connections
from server.cookies import VisitorCookie

METHODS = ("GET", "HEAD", "OPTIONS")


class SecurityHeaders:
    """Middleware that adds the headers for browsers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = security_headers(variable("FRAME_ANCESTORS"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; add the headers to the answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class NoRequestBodies:
    """Middleware that refuses every request that sends something.

    What visitors send comes over the websocket; nothing is uploaded.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        refusal = _refusal(scope) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)


def _refusal(scope: Scope) -> PlainTextResponse | None:
    if scope["method"] not in METHODS:
        allowed = ", ".join(METHODS)
        return PlainTextResponse(f"Allowed: {allowed}.", 405, headers={"Allow": allowed})
    headers = Headers(scope=scope)
    if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        return PlainTextResponse("Nothing can be sent here.", 413, headers={"Connection": "close"})
    return None


def allowed_hosts() -> list[str]:
    """The names under which the app answers: `ALLOWED_HOSTS`, or any."""
    named = variable("ALLOWED_HOSTS").split(",")
    return [name.strip() for name in named if name.strip()]


def security_headers(frame_ancestors: str) -> dict[str, str]:
    """The headers by name.

    Args:
        frame_ancestors: the sites that may show the app in a frame, as a Content-Security-Policy
            lists them.
    """
    headers = {
        "Content-Security-Policy": content_security_policy(frame_ancestors),
        "X-Content-Type-Options": "nosniff",
        # The address of a page may name a run, which only those who have the link may see.
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
    if frame_ancestors in ("'self'", "'none'"):
        # For browsers too old to know frame-ancestors; it cannot name other sites.
        old_word = {"'self'": "SAMEORIGIN", "'none'": "DENY"}[frame_ancestors]
        headers["X-Frame-Options"] = old_word
    return headers


def content_security_policy(frame_ancestors: str) -> str:
    """What pages may load and from where: nothing from elsewhere, and no script of a visitor's."""
    policy = {
        "default-src": "'none'",
        # Streamlit makes modules (blob:) of the components' scripts, and counts in WebAssembly.
        "script-src": f"'self' blob: 'wasm-unsafe-eval' {' '.join(_inline_scripts())}",
        # Streamlit and Plotly put their styles into the page.
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' blob: data:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": frame_ancestors,
    }
    return "; ".join(f"{name} {sources}" for name, sources in policy.items())


@cache
def _inline_scripts() -> tuple[str, ...]:
    """The hashes of the scripts that stand in Streamlit's page itself."""
    page = (files(streamlit) / "static" / "index.html").read_text()
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digests = [base64.b64encode(sha256(script.encode()).digest()).decode() for script in scripts]
    return tuple(f"'sha256-{digest}'" for digest in digests)


protection = [
    Middleware(SecurityHeaders),
    Middleware(TrustedHostMiddleware, allowed_hosts=allowed_hosts(), www_redirect=False),
    Middleware(NoRequestBodies),
    Middleware(VisitorCookie),
    Middleware(Connections),
]
