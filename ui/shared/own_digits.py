"""How a network does on the digits that the visitor has drawn to test it.

They are the viewer's own, also where the run is somebody else's.
"""

from collections.abc import Sequence
from hashlib import sha256

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from digits.drawing import IMAGE_SIDE, Pixels
from digits.inference import digit_probabilities
from digits.intervals import wilson_interval
from model_store.artifacts import ArtifactMissing
from model_store.records import WEIGHTS, LabelledDrawing, Run
from server.resources import resources, weights_of
from trainer.bounded_cache import BoundedCache
from trainer.checkpoints import CheckpointDamaged
from trainer.run_settings import settings_of_weights
from ui.shared.session import visitor_id

# Answers are a byte each: those of 5,000 networks and visitors at least.
MOST_BYTES_OF_ANSWERS = 2**20

_answers = BoundedCache[NDArray[np.uint8]](MOST_BYTES_OF_ANSWERS, lambda answers: answers.nbytes)


def images_of(drawings: Sequence[LabelledDrawing]) -> Pixels:
    """The images [count, 28, 28] of drawings."""
    pixels = np.frombuffer(b"".join(each.image for each in drawings), np.uint8)
    return pixels.reshape(len(drawings), IMAGE_SIDE, IMAGE_SIDE)


def labels_of(drawings: Sequence[LabelledDrawing]) -> NDArray[np.uint8]:
    """The digits [count] that their visitor says they are."""
    return np.array([each.label for each in drawings], np.uint8)


def show_own_score(run: Run) -> None:
    """Say how many of the viewer's own digits a run that has ended reads, if they have drawn any.

    To be called beside its accuracy on the test images.
    """
    drawings = resources().store.own_digits.of_visitor(visitor_id()) if run.test else []
    answers = answers_of(run, drawings)
    if answers is None:
        return
    score, interval = score_in_words(answers, drawings)
    st.metric(
        "Digits that you drew when asked",
        score,
        f"{interval} (95% interval)",
        delta_color="off",
        delta_arrow="off",
        help="You drew them on the Draw page, and only you see this line. So few are a sample: of "
        "all that you would write, the network may read any share within the interval.",
    )


def answers_of(run: Run, drawings: Sequence[LabelledDrawing]) -> NDArray[np.uint8] | None:
    """The digits [count] that the network of a run reads in drawings.

    Returns:
        None if there are no drawings, or the network's weights cannot be had or are no numbers.
    """
    reference = run.artifacts.get(WEIGHTS)
    if reference is None or not drawings:
        return None
    images = images_of(drawings)
    # The reference holds a checksum: other weights have another, other digits another digest.
    key = run.id, reference, sha256(images.tobytes()).digest()
    try:
        return _answers.get(key, lambda: _read(run, images))
    except (ArtifactMissing, CheckpointDamaged, FloatingPointError):
        return None


def _read(run: Run, images: Pixels) -> NDArray[np.uint8]:
    activation = settings_of_weights(run).activation
    shares = digit_probabilities(weights_of(run), activation, images)
    if not np.isfinite(shares).all():
        raise FloatingPointError("this network's weights are no numbers any more")
    return np.asarray(shares.argmax(axis=1), np.uint8)


def score_in_words(
    answers: NDArray[np.uint8], drawings: Sequence[LabelledDrawing]
) -> tuple[str, str]:
    """How many were read as what they are: `27 of your 30`, and `74% to 97%`, the 95% interval."""
    right = int((answers == labels_of(drawings)).sum())
    low, high = wilson_interval(right, len(drawings))
    return f"{right} of your {len(drawings)}", f"{low:.0%} to {high:.0%}"
