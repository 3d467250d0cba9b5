"""The weights of a run as the page's own reader takes them, sent to whoever has the run's link.

Raw numbers of 32 bits under an address that holds their checksum: browsers keep them.
"""

from collections.abc import AsyncIterator, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple
from zlib import adler32

import numpy as np
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from digits.inference import FloatArray
from digits.settings import ACTIVATIONS
from model_store.artifacts import named_checksum
from model_store.records import INITIAL_WEIGHTS, WEIGHTS, Run
from server.addresses import WEIGHTS_ADDRESS
from server.guarded_answers import GuardedAnswers, NotHere
from server.gzipped import PRIVATE_FOR_GOOD
from server.rate_limits import Rate
from server.resources import loaded_weights, ready_made_run, resources
from trainer.ready_made import READY_MADE
from trainer.run_settings import settings_of_weights
from ui.shared.errors import note

# 8 MB to load, and some 2 ms for a pass: 784-1024-1024-10 is read in the page, with one layer more
# of 1,024 units the server alone reads.
MOST_PARAMETERS = 2_000_000
BYTES_A_BLOCK = 2**18


class RawWeights(NamedTuple):
    """Weights one after the other, and the Adler-32 of them that tells whether they came whole."""

    content: bytes
    checksum: str


def as_bytes(weights: Sequence[FloatArray]) -> bytes:
    """Kernel, bias, kernel, bias, ...: numbers of 32 bits one after the other, little-endian."""
    return b"".join(np.ascontiguousarray(array, "<f4").tobytes() for array in weights)


def weights_address(run: Run, name: str = WEIGHTS) -> str | None:
    """Where the newest weights of a run, or its initial ones, are to be had.

    Returns:
        None if there are none, or the page is not to read with them.
    """
    settings = settings_of_weights(run)
    if name not in run.artifacts or settings.activation not in ACTIVATIONS:
        return None
    if settings.parameter_count > MOST_PARAMETERS:
        return None
    return f"{WEIGHTS_ADDRESS}/{run.id}/{named_checksum(run.artifacts[name])}"


def offer_to_read(run: Run) -> dict[str, Any] | None:
    """A run's network as the page takes it (`Offer` in its modules); None if it is not to read."""
    address = weights_address(run)
    if address is None:
        return None
    settings = settings_of_weights(run)
    return {
        "run": run.id,
        "address": address,
        "widths": settings.layer_widths,
        "activation": settings.activation,
        "temperature": run.temperature,
    }


def _holds_weights(name: str) -> bool:
    return name in (WEIGHTS, INITIAL_WEIGHTS) or name.startswith("epoch-")


async def send_weights(request: Request) -> Response:
    """Send the weights that the address names by their run and their checksum."""
    found = partial(_found, request.path_params["run"], request.path_params["checksum"])
    return await _guard.answer(request, found)


# To unpack weights takes the processor. A run that trains has new ones each second or so.
_guard = GuardedAnswers(
    2,
    Rate(60, 1),
    Rate(2000, 0.03),
    "The weights cannot be read at the moment. The server reads the drawings.",
    note,
)


def _found(run_id: str, checksum: str) -> Response:
    run = run_by_id(run_id)
    if run is None:
        raise NotHere(
            "There is no run under this address: it has been deleted, or the link is cut."
        )
    if weights_address(run) is None:
        raise NotHere("This run has no weights for the page to read with.")
    named = [
        reference
        for name, reference in run.artifacts.items()
        if _holds_weights(name) and checksum == named_checksum(reference)
    ]
    if not named:
        raise NotHere("This run has other weights by now.")
    content, adler = _raw(run.id, named[0])
    headers = {
        # For this browser alone: who may see them hangs on knowing the run's address.
        "Cache-Control": PRIVATE_FOR_GOOD,
        "Content-Length": str(len(content)),
        "X-Adler32": adler,
    }
    return StreamingResponse(_blocks(content), headers=headers, media_type=_RAW)


_RAW = "application/octet-stream"


def run_by_id(run_id: str) -> Run | None:
    """The run that an address names.

    Raises:
        StoreUnavailable: the store does not tell.
    """
    if run_id == READY_MADE:
        return ready_made_run()
    # PostgreSQL refuses to look for text with a null character.
    return resources().store.runs.get(run_id) if run_id.isprintable() else None


@lru_cache(maxsize=4)
def _raw(run_id: str, reference: str) -> RawWeights:
    content = as_bytes(loaded_weights(run_id, reference))
    return RawWeights(content, f"{adler32(content):08x}")


async def _blocks(content: bytes) -> AsyncIterator[bytes]:
    """Piece by piece, so that a slow browser keeps no more than one of them here."""
    for start in range(0, len(content), BYTES_A_BLOCK):
        yield content[start : start + BYTES_A_BLOCK]
