"""A small run of training, and all that it reported."""

from dataclasses import dataclass

import numpy as np

from digits.dataset import Mnist
from digits.inference import FloatArray
from digits.progress import Checkpoint, EpochResult
from digits.settings import TrainingSettings
from digits.training import train

# Most tests share this shape, because compiling another one takes more than a second. An epoch of
# the small MNIST has 113 steps, the last with 16 examples; the compiled ones begin after 8.
SETTINGS = TrainingSettings(hidden_layers=(16,), batch_size=32, epochs=2)
EPOCH_STEPS = 113


@dataclass
class Outcome:
    """All that a run reported, and what it left."""

    losses: FloatArray
    accuracies: FloatArray
    epochs: list[EpochResult]
    reports: int
    last: Checkpoint


def outcome(
    settings: TrainingSettings, dataset: Mnist, checkpoint: Checkpoint | None = None
) -> Outcome:
    losses, accuracies, epochs, reports = [], [], [], 0
    for progress in train(settings, dataset, checkpoint):
        losses.append(progress.losses)
        accuracies.append(progress.accuracies)
        epochs += [progress.epoch] if progress.epoch else []
        reports += 1
        last = progress.checkpoint
    return Outcome(np.concatenate(losses), np.concatenate(accuracies), epochs, reports, last())


def assert_same(first: Outcome, second: Outcome) -> None:
    """Check that two runs agree to the last digit, one perhaps from a checkpoint on."""
    steps = min(len(first.losses), len(second.losses))
    for one, other in ((first.losses, second.losses), (first.accuracies, second.accuracies)):
        np.testing.assert_array_equal(one[len(one) - steps :], other[len(other) - steps :])
    assert first.last.step == second.last.step
    for one, other in zip(first.last.weights, second.last.weights, strict=True):
        np.testing.assert_array_equal(one, other)
