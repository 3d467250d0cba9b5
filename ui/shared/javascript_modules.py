"""Folders of JavaScript modules that import each other, served by a route of their own.

The script of a component is one file that can import no other; it can `import()` these by their
address, which changes with their content, so that browsers keep them for good.
"""

import gzip
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from server.addresses import under_base

HEADERS = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}


class JavaScriptModules:
    """The modules of a folder, read once.

    Args:
        name: in the address, for those who look at what a browser loads.
        folder: with the files.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self._contents = {file.name: file.read_bytes() for file in sorted(folder.glob("*.js"))}
        digest = sha256(repr(self._contents).encode()).hexdigest()[:16]
        self._address = under_base(f"/assets/{name}-{digest}")
        self._compressed: dict[str, bytes] = {}
        self.route = Route(self._address + "/{file}", self._send)

    def address(self, file: str) -> str:
        """Where one of the modules is to be had; the others lie beside it.

        Raises:
            KeyError: there is none of this name.
        """
        if file not in self._contents:
            raise KeyError(file)
        return f"{self._address}/{file}"

    async def _send(self, request: Request) -> Response:
        file = request.path_params["file"]
        content = self._contents.get(file)
        if content is None:
            return PlainTextResponse("There is no such script.", 404)
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(content, headers=HEADERS, media_type="text/javascript")
        if file not in self._compressed:
            self._compressed[file] = gzip.compress(content)
        zipped = HEADERS | {"Content-Encoding": "gzip"}
        return Response(self._compressed[file], headers=zipped, media_type="text/javascript")
