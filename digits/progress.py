"""What training tells on its way: reports, results of epochs, and checkpoints to go on from."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digits.inference import FloatArray


@dataclass(frozen=True)
class Evaluation:
    """Mean cross-entropy loss (in nats) and accuracy (0 to 1) over a set of images."""

    loss: float
    accuracy: float


@dataclass(frozen=True)
class EpochResult:
    """How an epoch went. `loss` and `accuracy` are means over its batches, as Keras reports them.

    `validation` is None where no images were held back; `seconds` counts training alone.
    """

    epoch: int
    loss: float
    accuracy: float
    validation: Evaluation | None
    seconds: float


@dataclass(frozen=True)
class Checkpoint:
    """All that a run needs to go on exactly where it was."""

    step: int
    weights: list[FloatArray]
    optimizer: list[NDArray[np.generic]]
    epoch_losses: FloatArray
    epoch_accuracies: FloatArray


@dataclass(frozen=True)
class Progress:
    """One report: the batches since the report before.

    Attributes:
        step: steps that the run has taken so far.
        losses, accuracies: float32 [steps since the last report].
        epoch: set when these steps ended an epoch.
        checkpoint: copies the state when it is first called, which has to be before the next
            report; later calls return the same copy.
    """

    step: int
    losses: FloatArray
    accuracies: FloatArray
    epoch: EpochResult | None
    checkpoint: Callable[[], Checkpoint]
