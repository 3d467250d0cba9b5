"""What tests of runs that are carried out in this process share."""

import numpy as np

from digits.settings import TrainingSettings
from model_store.records import (
    Run,
)
from model_store.store import Store
from trainer.checkpoints import unpacked_weights

# All tests share one shape, because each new one takes a second to compile.
SETTINGS = TrainingSettings(hidden_layers=(16,), epochs=3, batch_size=32)
EPOCH_STEPS = 113
STEPS = 3 * 113  # 3,600 of 4,000 images in batches of 32


def found(store: Store, run: Run) -> Run:
    now = store.runs.get(run.id)
    assert now is not None
    return now


def weights(store: Store, run: Run) -> list[np.ndarray]:
    return unpacked_weights(store.artifacts.load(run.id, run.artifacts["checkpoint.npz"]))
