"""What a network answers to the 10,000 test images, and how often it confuses which digits.

Computed once for weights of one checksum, in one thread and in small slices, so that the strokes of
others wait for no more than one of them.
"""

import base64
import gzip
import json
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.requests import Request
from starlette.responses import Response

from digits.calibration import calibrated
from digits.inference import FloatArray
from digits.mistakes import confusion_matrix, scores_by_digit
from model_store.artifacts import named_checksum
from model_store.records import WEIGHTS, Run
from server.addresses import ANSWERS_ADDRESS
from server.guarded_answers import GuardedAnswers, NotHere
from server.gzipped import PRIVATE_FOR_GOOD, gzipped_response
from server.rate_limits import Rate
from trainer.bounded_cache import BoundedCache
from ui.shared.errors import note
from ui.shared.in_page.weights import run_by_id
from ui.shared.test_set import labelled_images, probabilities_of_test_images

# A hundred networks or so.
MOST_BYTES = 16 * 2**20
# A share of 1, as the browser gets it in 16 bits.
WHOLE = 2**16 - 1
NO_NUMBERS = (
    "Some weights of this network are not numbers any more: its training ran away, so it has no "
    "answers. Train it again with a smaller learning rate."
)


def answers_address(run: Run) -> str | None:
    """Where the answers of a run's newest weights are to be had; None if it has none."""
    if WEIGHTS not in run.artifacts:
        return None
    # Browsers keep the answer, and a run that ends has a temperature for the very same weights.
    checksum = named_checksum(run.artifacts[WEIGHTS])
    return f"{ANSWERS_ADDRESS}/{run.id}/{checksum}?temperature={run.temperature:.4f}"


async def send_answers(request: Request) -> Response:
    """Send the answers of the weights that the address names, as JSON that is packed."""
    return await _guard.answer(request, partial(_response, request))


# One at a time: to read 10,000 images takes a core for up to half a second.
_guard = GuardedAnswers(
    1, Rate(20, 2), Rate(600, 0.1), "The answers cannot be computed at the moment.", note
)


def _response(request: Request) -> Response:
    content = _found(request.path_params["run"], request.path_params["checksum"])
    # For this browser alone: who may see them hangs on knowing the run's address.
    return gzipped_response(request, content, "application/json", PRIVATE_FOR_GOOD)


def _found(run_id: str, checksum: str) -> bytes:
    run = run_by_id(run_id)
    if run is None:
        raise NotHere("This run has been deleted meanwhile.")
    if WEIGHTS not in run.artifacts or checksum != named_checksum(run.artifacts[WEIGHTS]):
        raise NotHere("This run has other weights by now. Please reload the page.")
    key = (run.id, run.artifacts[WEIGHTS], run.temperature)
    return _answers.get(key, partial(_computed, run))


_answers = BoundedCache[bytes](MOST_BYTES, len)


def _computed(run: Run) -> bytes:
    _, labels = labelled_images()
    with np.errstate(all="ignore"):  # of a network that ran away
        # As sure as Draw says it is.
        shares = calibrated(probabilities_of_test_images(run), run.temperature)
    if not np.isfinite(shares).all():
        raise NotHere(NO_NUMBERS)
    return gzip.compress(json.dumps(as_json(shares, labels)).encode(), 1)


def as_json(shares: FloatArray, labels: NDArray[np.uint8]) -> dict[str, Any]:
    """Answers as the page takes them.

    Args:
        shares: probabilities [count, 10].
        labels: [count].

    Returns:
        `answers` [count] in bytes and `shares` [count, 10] in 16 bits each, little-endian, both in
        base64; the confusion matrix; each digit's scores, None where there is none.
    """
    answers = shares.argmax(axis=1).astype(np.uint8)
    matrix = confusion_matrix(labels, answers)
    scores = {
        name: [None if np.isnan(value) else float(value) for value in values]
        for name, values in scores_by_digit(matrix)._asdict().items()
    }
    return {
        "answers": base64.b64encode(answers.tobytes()).decode(),
        "shares": base64.b64encode(np.rint(shares * WHOLE).astype("<u2").tobytes()).decode(),
        "matrix": matrix.tolist(),
        **scores,
    }
