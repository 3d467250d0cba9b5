"""The small network that tells what is no digit, as the page takes it: it never changes."""

import gzip
from functools import cache
from typing import Any, NamedTuple
from zlib import adler32

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from digits.outlier_detection import (
    BELIEVED,
    DIGIT_HEIGHT,
    DOT_WIDTH,
    FAINTEST_PART,
    MOST_PARTS,
    SENTENCES,
    detector,
)
from server.addresses import DETECTOR_ADDRESS
from server.gzipped import FOR_GOOD, gzipped_response
from ui.shared.in_page.weights import as_bytes

# About shapes, as `doubt.js` names them.
RULES = {
    "dotWidth": DOT_WIDTH,
    "digitHeight": DIGIT_HEIGHT,
    "mostParts": MOST_PARTS,
    "faintestPart": FAINTEST_PART,
}


class _Packed(NamedTuple):
    """The weights, gzipped, and the Adler-32 of them that tells whether they came whole."""

    content: bytes
    checksum: str


def offered_detector() -> dict[str, Any]:
    """What `doubt.js` takes: where the weights are, when they are believed, and the rules."""
    kernels = [kernel for kernel, _ in detector()]
    return {
        "address": f"{DETECTOR_ADDRESS}/{_packed().checksum}",
        "widths": [len(kernels[0]), *(kernel.shape[1] for kernel in kernels)],
        "believed": BELIEVED,
        "rules": RULES,
        "sentences": SENTENCES,
    }


async def send_detector(request: Request) -> Response:
    """Send its weights, as those of a run are sent."""
    content, checksum = await to_thread.run_sync(_packed, limiter=_threads)
    if request.path_params["checksum"] != checksum:
        return PlainTextResponse("This is not here. Please reload the page.", 404)
    response = gzipped_response(request, content, "application/octet-stream", FOR_GOOD)
    response.headers["X-Adler32"] = checksum
    return response


_threads = CapacityLimiter(1)  # who asks first has them packed


@cache
def _packed() -> _Packed:
    content = as_bytes([array for layer in detector() for array in layer])
    return _Packed(gzip.compress(content, 6, mtime=0), f"{adler32(content):08x}")
