"""One step of a training, taken apart: look, measure, blame, move.

    for progress in train(settings, load_mnist(folder), slowly=[0, 100]):
        if progress.one_step:
            print(progress.one_step.loss, progress.one_step.loss_after)

The step itself is the one that is taken anyway. Before it and after it the same images go through
the network, with the same units sitting out; nothing of that changes the run.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digits.inference import FloatArray

IMAGES_SHOWN = 12
COSTLIEST_SHOWN = 4
UNITS_SHOWN = 6


class Look(NamedTuple):
    """What a network makes of one batch, as the loop does it.

    Attributes:
        images: uint8 [batch, 784], as they are learned from.
        labels: int32 [batch], as they are learned.
        answers: int32 [batch], what is read.
        costs: cross-entropy of each image, float32 [batch].
        measured: as `CompiledTrainer.take_steps` returns it, a number each.
        weights: kernel, bias, kernel, bias, ... up to the logits.
        slopes: of what training makes smaller along all of them, in their shapes.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int32]
    answers: NDArray[np.int32]
    costs: FloatArray
    measured: dict[str, float]
    weights: list[FloatArray]
    slopes: list[FloatArray]

    @property
    def made_smaller(self) -> float:
        """What training makes smaller, the penalty on the weights with it."""
        of_images = self.measured.get("objective", self.measured["loss"])
        return of_images + self.measured.get("penalty", 0.0)


class BatchImages(NamedTuple):
    """Some images of a batch: [count, 784], and [count] each as in `Look`."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int32]
    answers: NDArray[np.int32]
    costs: FloatArray


class LayerStep(NamedTuple):
    """A layer in a step, its biases with its weights: root of the sum of squares of each.

    Attributes:
        slope: of the slopes.
        size: of the weights before the step.
        moved: of what the step added to them.
    """

    slope: float
    size: float
    moved: float


@dataclass(frozen=True)
class OneStep:
    """What happened in one step of a run.

    Attributes:
        step: its number, from 1.
        learning_rate: of this step.
        batch: how many images were looked at.
        right, right_after: how many of them were read right before the step, and after it.
        loss, loss_after: their mean cross-entropy.
        made_smaller, made_smaller_after: what training makes smaller instead, if it does.
        first: the first images of the batch, which is in random order.
        costliest: those that cost most.
        layers: from the first to the logits.
        units: of the first layer those whose slopes are the largest.
        slopes: along their weights from each pixel, float32 [units, 784].
    """

    step: int
    learning_rate: float
    batch: int
    right: int
    right_after: int
    loss: float
    loss_after: float
    made_smaller: float
    made_smaller_after: float
    first: BatchImages
    costliest: BatchImages
    layers: list[LayerStep]
    units: list[int]
    slopes: FloatArray


def one_step(step: int, learning_rate: float, before: Look, after: Look) -> OneStep:
    """Put together what happened in a step.

    Args:
        step: its number, from 1.
        learning_rate: of this step.
        before: a look at its batch before it was taken.
        after: another look at the same batch.
    """
    dearest = np.argsort(-np.nan_to_num(before.costs, nan=np.inf), kind="stable")
    of_units = before.slopes[0]
    largest = np.argsort(-np.nan_to_num(np.linalg.norm(of_units, axis=0)), kind="stable")
    units = largest[:UNITS_SHOWN]
    return OneStep(
        step,
        learning_rate,
        len(before.labels),
        int((before.answers == before.labels).sum()),
        int((after.answers == after.labels).sum()),
        before.measured["loss"],
        after.measured["loss"],
        before.made_smaller,
        after.made_smaller,
        _some(before, np.arange(min(IMAGES_SHOWN, len(before.labels)))),
        _some(before, dearest[:COSTLIEST_SHOWN]),
        _layers(before, after),
        units.tolist(),
        np.ascontiguousarray(of_units[:, units].T),
    )


def _some(look: Look, chosen: NDArray[np.intp]) -> BatchImages:
    images, labels, answers, costs, *_ = look
    return BatchImages(images[chosen], labels[chosen], answers[chosen], costs[chosen])


def _layers(before: Look, after: Look) -> list[LayerStep]:
    moved = [new - old for old, new in zip(before.weights, after.weights, strict=True)]
    parts = (_sizes(arrays) for arrays in (before.slopes, before.weights, moved))
    return [LayerStep(*layer) for layer in zip(*parts, strict=True)]


def _sizes(arrays: list[FloatArray]) -> list[float]:
    """Of each layer, whose kernel and bias take turns."""
    squares = [float(np.square(array, dtype=np.float64).sum()) for array in arrays]
    return [
        float(np.sqrt(kernel + bias))
        for kernel, bias in zip(squares[::2], squares[1::2], strict=True)
    ]
