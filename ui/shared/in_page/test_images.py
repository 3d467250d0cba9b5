"""The test images as the page takes them: all of them under one address that never changes."""

import gzip
from functools import cache
from hashlib import sha256

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from server.addresses import TEST_IMAGES_ADDRESS
from server.gzipped import gzipped_response
from server.resources import example_digits

FOR_GOOD = "public, max-age=31536000, immutable"


def address_of_test_images() -> str | None:
    """Where they are to be had; None while MNIST is not here."""
    return None if example_digits() is None else f"{TEST_IMAGES_ADDRESS}/{_digest()}"


async def send_test_images(request: Request) -> Response:
    """Send pixels [count, 784], one byte each, and after them labels [count]."""
    return await to_thread.run_sync(_found, request, limiter=_threads)


def _found(request: Request) -> Response:
    address = address_of_test_images()
    if not address or address.rpartition("/")[2] != request.path_params["digest"]:
        return PlainTextResponse("The test images are not here. Please reload the page.", 404)
    return gzipped_response(request, _compressed(), "application/octet-stream", FOR_GOOD)


# Who asks first has them packed, in a fifth of a second.
_threads = CapacityLimiter(1)


@cache
def _digest() -> str:
    return sha256(_content()).hexdigest()[:16]


@cache
def _compressed() -> bytes:
    return gzip.compress(_content(), 6)


def _content() -> bytes:
    digits = example_digits()
    if digits is None:
        raise LookupError("there are no test images")
    return b"".join(array.tobytes() for array in digits)
