"""The JavaScript modules of `ui/`, which import each other, served by a route of their own.

The script of a component is one file that can import no other; it can `import()` these by their
address, which changes with their content, so that browsers keep them for good. Light, for the
route is there before the app is loaded.
"""

import gzip
from functools import cache
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from server.addresses import under_base
from server.gzipped import FOR_GOOD, gzipped_response

# What stands in the head of every page: it says what is missing where the rest cannot.
HEAD_SCRIPTS = ("shared/missing_icons.js", "shared/connection_notice.js")

_UI = Path(__file__).parents[1]
_contents = {
    file.relative_to(_UI).as_posix(): file.read_bytes() for file in sorted(_UI.rglob("*.js"))
}
_digest = sha256(repr(_contents).encode()).hexdigest()[:16]
_address = under_base(f"/assets/ui-{_digest}")


def module_address(file: str) -> str:
    """Where a module is to be had; what it imports lies beside it as in the folders.

    Args:
        file: from `ui/` on, such as draw/in_page/pen.js.

    Raises:
        KeyError: there is none of this name.
    """
    if file not in _contents:
        raise KeyError(file)
    return f"{_address}/{file}"


async def _send(request: Request) -> Response:
    file = request.path_params["file"]
    if file not in _contents:
        return PlainTextResponse("There is no such script.", 404)
    return gzipped_response(request, _compressed(file), "text/javascript", FOR_GOOD)


@cache
def _compressed(file: str) -> bytes:
    return gzip.compress(_contents[file])


modules_route = Route(_address + "/{file:path}", _send)
