"""Streamlit's own scripts, styles and fonts, sent without detours.

A page is made of some hundred of them. Streamlit looks each one up in the file system, through
several turns of its threads, and never compresses it.
"""

import gzip
from mimetypes import guess_type
from pathlib import Path

import streamlit as st
from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from server.addresses import under_base

# Their names change with their content.
HEADERS = {"Cache-Control": "public, immutable, max-age=31536000", "Vary": "Accept-Encoding"}
COMPRESSIBLE = (".js", ".css")


class FrontendFiles:
    """Middleware that answers for the files whose names Streamlit has made from their content."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        prefix = under_base("/static")
        folder = Path(st.__file__).parent / "static" / "static"
        self._files = {
            f"{prefix}/{file.relative_to(folder).as_posix()}": file
            for file in folder.rglob("*")
            if file.is_file()
        }
        self._compressed: dict[str, bytes] = {}
        self._asked: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file, or pass the request on."""
        answer = None
        if scope["type"] == "http" and scope["method"] == "GET":
            answer = await self._answer(scope["path"], Headers(scope=scope))
        await (answer or self._app)(scope, receive, send)

    async def _answer(self, path: str, headers: Headers) -> Response | None:
        file = self._files.get(path)
        if file is None or "range" in headers:
            return None
        kind = guess_type(file.name)[0]
        if file.suffix in COMPRESSIBLE and "gzip" in headers.get("accept-encoding", ""):
            compressed = await self._compressed_content(path, file)
            if compressed:
                zipped = HEADERS | {"Content-Encoding": "gzip"}
                return Response(compressed, headers=zipped, media_type=kind)
        return Response(file.read_bytes(), headers=HEADERS, media_type=kind)

    async def _compressed_content(self, path: str, file: Path) -> bytes | None:
        """The content as most browsers want it; None while it is not made.

        It is made when it is asked for the second time: on a server that has just started, the
        first page had better not wait for it.
        """
        if path not in self._asked:
            self._asked.add(path)
        elif path not in self._compressed:
            self._compressed[path] = b""  # whoever asks meanwhile gets it as it is
            self._compressed[path] = await to_thread.run_sync(gzip.compress, file.read_bytes())
        return self._compressed.get(path)
