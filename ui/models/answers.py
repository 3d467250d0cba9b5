"""What the networks of runs answer to the 10,000 test images, a byte each."""

from functools import partial

import numpy as np

from model_store.artifacts import ArtifactMissing
from model_store.records import ANSWERS, WEIGHTS, Run, State
from server.guarded_answers import NotHere
from server.resources import resources
from trainer.bounded_cache import BoundedCache
from ui.shared.test_set import Digits, labelled_images, probabilities_of_test_images

# Four hundred networks.
MOST_BYTES = 4 * 2**20

_answers = BoundedCache[Digits](MOST_BYTES, lambda answers: answers.nbytes)


def answers_of(run: Run) -> Digits:
    """The digits [10000] that the network of a run that has ended reads in them.

    Raises:
        NotHere: it has none; the message says why.
        ArtifactMissing: its weights are gone.
        CheckpointDamaged: they cannot be used.
    """
    if run.state == State.QUEUED or run.planned_at is not None:
        raise NotHere("not trained yet: its answers are compared when it has ended")
    if run.is_active:
        raise NotHere("still training: its answers are compared when it has ended")
    if WEIGHTS not in run.artifacts or not run.test:
        raise NotHere("has read no test images: it was not trained to an end")
    key = (run.id, run.artifacts[WEIGHTS], run.artifacts.get(ANSWERS))
    return _answers.get(key, partial(_read, run))


def _read(run: Run) -> Digits:
    _, labels = labelled_images()
    if ANSWERS in run.artifacts:
        kept = np.frombuffer(_loaded(run), np.uint8)
        if len(kept) == len(labels):
            return kept
    return np.asarray(probabilities_of_test_images(run).argmax(axis=1), np.uint8)


def _loaded(run: Run) -> bytes:
    try:
        return resources().store.artifacts.load(run.id, run.artifacts[ANSWERS])
    except ArtifactMissing:
        return b""  # they can be had from the weights
