"""What the networks of runs answer to the 10,000 test images, a byte each."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from digits.inference import digit_probabilities
from model_store.artifacts import ArtifactMissing
from model_store.records import ANSWERS, WEIGHTS, Run
from server.guarded_answers import NotHere
from server.resources import example_digits, resources, weights_of
from trainer.bounded_cache import BoundedCache
from trainer.run_settings import settings_of_weights

# Of the ready-made network a slice takes 20 ms, so that the strokes of others need not wait.
IMAGES_A_SLICE = 500
# Four hundred networks.
MOST_BYTES = 4 * 2**20

Digits = NDArray[np.uint8]
_answers = BoundedCache[Digits](MOST_BYTES, lambda answers: answers.nbytes)


def true_digits() -> Digits:
    """The digits [10000] that the test images are.

    Raises:
        NotHere: they are not on this server.
    """
    digits = example_digits()
    if digits is None:
        raise NotHere("The test images are not on this server yet. Please come back later.")
    return digits[1]


def answers_of(run: Run) -> Digits:
    """The digits [10000] that the network of a run that has ended reads in them.

    Raises:
        NotHere: it has none; the message says why.
        ArtifactMissing: its weights are gone.
        CheckpointDamaged: they cannot be used.
    """
    if run.is_active:
        raise NotHere("still training: its answers are compared when it has ended")
    if WEIGHTS not in run.artifacts or not run.test:
        raise NotHere("has read no test images: it was not trained to an end")
    key = (run.id, run.artifacts[WEIGHTS], run.artifacts.get(ANSWERS))
    return _answers.get(key, partial(_read, run))


def _read(run: Run) -> Digits:
    labels = true_digits()
    if ANSWERS in run.artifacts:
        kept = np.frombuffer(_loaded(run), np.uint8)
        if len(kept) == len(labels):
            return kept
    digits = example_digits()
    assert digits
    weights, activation = weights_of(run), settings_of_weights(run).activation
    places = range(IMAGES_A_SLICE, len(labels), IMAGES_A_SLICE)
    with np.errstate(all="ignore"):  # of a network that ran away
        shares = [
            digit_probabilities(weights, activation, some) for some in np.split(digits[0], places)
        ]
    return np.concatenate([each.argmax(axis=1) for each in shares]).astype(np.uint8)


def _loaded(run: Run) -> bytes:
    try:
        return resources().store.artifacts.load(run.id, run.artifacts[ANSWERS])
    except ArtifactMissing:
        return b""  # they can be had from the weights
