"""What stands in the head of every page before Streamlit's own script has done anything.

Streamlit can add a style sheet only once a page has run: until then all is laid out without it, and
moves when it comes.
"""

import gzip
import hashlib
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.addresses import under_base
from server.gzipped import FOR_GOOD, gzipped_response

TITLE = "Digit Playground"
END_OF_HEAD = b"</head>"
STREAMLITS_ICON = b'href="./favicon.png"'


class StyleSheet:
    """A style sheet with an address that changes with its content.

    Args:
        rules: CSS. Streamlit's own rules come later and would win where they are as specific:
            nested below the root element, these are more so.
    """

    def __init__(self, rules: str) -> None:
        content = f":root {{\n{rules}}}\n".encode()
        digest = hashlib.sha256(content).hexdigest()[:16]
        self._content = gzip.compress(content)
        self.address = under_base(f"/assets/style-{digest}.css")
        self.route = Route(self.address, self._send)

    async def _send(self, request: Request) -> Response:
        return gzipped_response(request, self._content, "text/css", FOR_GOOD)


class PageHead:
    """Middleware that adds a style sheet, scripts, the app's name and its icon to every HTML page.

    Args:
        app: what answers.
        style_address: of the style sheet.
        icon: its address; by default Streamlit's stays.
        script_addresses: of modules that need nothing of the page.
    """

    def __init__(
        self,
        app: ASGIApp,
        style_address: str,
        icon: str = "./favicon.png",
        script_addresses: Sequence[str] = (),
    ) -> None:
        self._app = app
        self._icon = f'href="{icon}"'.encode()
        style = f'<link rel="stylesheet" href="{style_address}">'
        scripts = (f'<script type="module" src="{each}"></script>' for each in script_addresses)
        self._added = "".join((style, *scripts)).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with the head of a page completed."""
        headers = Headers(scope=scope) if scope["type"] == "http" else {}
        if scope["type"] != "http" or "text/html" not in headers.get("accept", ""):
            await self._app(scope, receive, send)
            return
        # It is to come as it is, and is compressed here.
        plain = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        is_zipped = "gzip" in headers.get("accept-encoding", "")
        completion = _HeadCompletion(send, self._added, self._icon, is_zipped)
        await self._app({**scope, "headers": plain}, receive, completion.send)


class _HeadCompletion:
    """Holds a page back until it is whole, for its length changes; all else passes."""

    def __init__(self, send: Send, added: bytes, icon: bytes, is_zipped: bool) -> None:
        self._send = send
        self._added = added
        self._icon = icon
        self._is_zipped = is_zipped
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._send_page(self._start)

    async def _send_page(self, start: Message) -> None:
        page = self._body.replace(b"<title>Streamlit</title>", f"<title>{TITLE}</title>".encode())
        page = page.replace(STREAMLITS_ICON, self._icon, 1)
        page = page.replace(END_OF_HEAD, self._added + END_OF_HEAD, 1)
        # The tag and the date are of the file as it was.
        outdated = (b"content-length", b"etag", b"last-modified", b"accept-ranges", b"vary")
        headers = [pair for pair in start["headers"] if pair[0].lower() not in outdated]
        if self._is_zipped:
            page = gzip.compress(page)
            headers += [(b"content-encoding", b"gzip"), (b"vary", b"Accept-Encoding")]
        headers.append((b"content-length", str(len(page)).encode()))
        await self._send({**start, "headers": headers})
        await self._send({"type": "http.response.body", "body": page})


def _is_page(start: Message) -> bool:
    headers = {name.lower(): value for name, value in start["headers"]}
    is_html: bool = headers.get(b"content-type", b"").startswith(b"text/html")
    return is_html and start["status"] == 200
