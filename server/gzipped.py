"""Content that is kept compressed, and sent as whoever asks takes it."""

import gzip

from starlette.requests import Request
from starlette.responses import Response

# For what has another address once it is another, and for one browser alone where it is private.
FOR_GOOD = "public, max-age=31536000, immutable"
PRIVATE_FOR_GOOD = "private, max-age=31536000, immutable"


def gzipped_response(
    request: Request, content: bytes, media_type: str, cache_control: str
) -> Response:
    """Answer with content that is gzipped already; unpacked for those who do not take it so."""
    headers = {"Cache-Control": cache_control, "Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(gzip.decompress(content), headers=headers, media_type=media_type)
    headers["Content-Encoding"] = "gzip"
    return Response(content, headers=headers, media_type=media_type)
