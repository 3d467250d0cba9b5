"""What training tells on its way: reports, results of epochs, and checkpoints to go on from."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digits.inference import FloatArray
from digits.one_step import OneStep


@dataclass(frozen=True)
class Evaluation:
    """Mean cross-entropy loss (in nats) and accuracy (0 to 1) over a set of images."""

    loss: float
    accuracy: float


@dataclass(frozen=True)
class EpochResult:
    """How an epoch went. `loss` and `accuracy` are means over its batches, as Keras reports them.

    The loss is the cross-entropy of the images alone, as that of the validation is, whatever
    training makes smaller.
    `validation` is None where no images were held back. `training` is measured as it is, after
    the epoch and without dropout, on as many of the images that are learned from, undeformed,
    with the labels that are learned.
    `seconds` counts training alone.
    """

    epoch: int
    loss: float
    accuracy: float
    validation: Evaluation | None
    seconds: float
    training: Evaluation | None = None


@dataclass(frozen=True)
class BestEpoch:
    """The epoch with the lowest validation loss so far, and the weights that it ended with."""

    epoch: int
    loss: float
    weights: list[FloatArray]


@dataclass(frozen=True)
class Checkpoint:
    """All that a run needs to go on exactly where it was. The losses are without the penalty."""

    step: int
    weights: list[FloatArray]
    optimizer: list[NDArray[np.generic]]
    epoch_losses: FloatArray
    epoch_accuracies: FloatArray
    best: BestEpoch | None = None


@dataclass(frozen=True)
class Progress:
    """One report: the batches since the report before.

    Attributes:
        step: steps that the run has taken so far.
        series: what was measured of each batch before its step, float32 [steps since the last
            report] each: the cross-entropy `loss` of the images alone, `accuracy`,
            `learning_rate`, `objective` where training makes something else of the images smaller,
            `penalty` where weights cost. Whatever stands here is kept, and can be shown live
            (`digits/live_figures.py`).
        epoch: set when these steps ended an epoch.
        checkpoint: copies the state when it is first called, which has to be before the next
            report; later calls return the same copy.
        kept_epoch: set in the last report of a run with early stopping, perhaps before its planned
            end: the epoch that was best, with whose weights the run ends.
        shares: class probabilities [10] of the drawing that `train` was given, if it was, as of
            this step.
        one_step: what happened in this step, if it was to be taken slowly.
    """

    step: int
    series: dict[str, FloatArray]
    epoch: EpochResult | None
    checkpoint: Callable[[], Checkpoint]
    kept_epoch: int | None = None
    shares: FloatArray | None = None
    one_step: OneStep | None = None

    def __len__(self) -> int:
        """How many steps are reported."""
        return len(self.series.get("loss", ()))

    @property
    def losses(self) -> FloatArray:
        """What each step made smaller, the penalty on the weights with it."""
        nothing = np.zeros(len(self), np.float32)
        of_images = self.series.get("objective", self.series.get("loss", nothing))
        return of_images + self.series.get("penalty", nothing)

    @property
    def accuracies(self) -> FloatArray:
        """Accuracy of each batch."""
        return self.series.get("accuracy", np.zeros(len(self), np.float32))
