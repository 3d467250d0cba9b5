"""What the web process makes once: the store, the training service, and what it reads from them."""

from contextlib import suppress
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from config.environment import Config, config_from_environment
from digits.dataset import load_test_images
from digits.inference import FloatArray
from digits.settings import ACTIVATIONS
from model_store.artifacts import ArtifactMissing
from model_store.database import StoreUnavailable
from model_store.records import WEIGHTS, Run
from model_store.store import Store, open_store
from trainer.bounded_cache import BoundedCache
from trainer.checkpoints import CheckpointDamaged, unpacked_step, unpacked_weights
from trainer.ready_made import READY_MADE
from trainer.run_settings import settings_of_weights
from trainer.service import TrainingService

# Two networks of the largest shape and three of the ready-made one's, or 150 of the notebook's,
# which are read again in a millisecond.
MOST_BYTES_OF_WEIGHTS = 64 * 2**20


class Resources(NamedTuple):
    """Everything that outlives a visit."""

    config: Config
    store: Store
    service: TrainingService


@cache
def resources() -> Resources:
    """The one set of resources of this process; made at the first call."""
    config = config_from_environment()
    store = open_store(config.database_url, config.artifacts_url)
    return Resources(config, store, TrainingService(store, config))


def ready_made_run() -> Run | None:
    """The ready-made network's run; as it was last seen, while the store does not answer.

    Returns:
        None while it is not there.

    Raises:
        StoreUnavailable: it was never seen before.
    """
    try:
        found = resources().store.runs.get(READY_MADE)
    except StoreUnavailable:
        if not _ready_made:
            raise
        return _ready_made[0]
    _ready_made[:] = [found] if found else []
    return found


_ready_made: list[Run] = []


def weights_of(run: Run, name: str = WEIGHTS) -> list[FloatArray]:
    """Weights of a run: as of its last checkpoint, or `untrained.npz` for those it began with.

    Raises:
        ArtifactMissing: they are gone.
        CheckpointDamaged: they are there, but not what was saved, or this version cannot use them.
        KeyError: none were kept yet.
    """
    activation = settings_of_weights(run).activation
    if activation not in ACTIVATIONS:
        raise CheckpointDamaged(
            f"This network was trained with the activation “{activation}”, which this version of "
            "the program cannot compute. Train it again with another one."
        )
    try:
        return loaded_weights(run.id, run.artifacts[name])
    except ArtifactMissing:
        newer = resources().store.runs.get(run.id)
        if newer is None or newer.artifacts.get(name) == run.artifacts[name]:
            raise
        # A newer checkpoint took its place since the page read the run.
        return loaded_weights(run.id, newer.artifacts[name])


def loaded_weights(run_id: str, reference: str) -> list[FloatArray]:
    """The weights in one file of a run.

    Raises:
        ArtifactMissing: it is gone.
        CheckpointDamaged: it is there, but not what was saved.
    """
    # The reference holds a checksum, so what is kept can never be out of date.
    store = resources().store
    return _weights.get(
        (run_id, reference), lambda: unpacked_weights(store.artifacts.load(run_id, reference))
    )


_weights = BoundedCache[list[FloatArray]](
    MOST_BYTES_OF_WEIGHTS, lambda weights: sum(array.nbytes for array in weights)
)


def step_of(run: Run) -> int | None:
    """After how many steps the weights of a run were saved, if their file is there and says so."""
    with suppress(ArtifactMissing, CheckpointDamaged):
        return _step(run.id, run.artifacts[WEIGHTS])
    return None


@lru_cache(maxsize=64)
def _step(run_id: str, reference: str) -> int | None:
    return unpacked_step(resources().store.artifacts.load(run_id, reference))


def example_digits() -> tuple[NDArray[np.uint8], NDArray[np.uint8]] | None:
    """Images [10000, 28, 28] and labels [10000] of the test set; None while MNIST is not here."""
    if not _example_digits:
        digits = load_test_images(resources().config.mnist_folder)
        if digits is None:
            return None
        _example_digits.append(digits)
    return _example_digits[0]


_example_digits: list[tuple[NDArray[np.uint8], NDArray[np.uint8]]] = []
