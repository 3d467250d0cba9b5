"""Collecting what a run reports, until it is written: points for its charts, and its speed."""

import numpy as np

from digits.progress import Progress
from digits.training import UNCOMPILED_STEPS
from model_store.records import Points


class PointDownsampler:
    """Collects batches for the charts; of long runs, the mean of every `stride` batches.

    Args:
        stride: batches a point.
    """

    def __init__(self, stride: int) -> None:
        self.stride = stride
        self.steps = np.empty(0, np.int32)
        self.losses = np.empty(0, np.float32)
        self.accuracies = np.empty(0, np.float32)

    def add(self, progress: Progress) -> None:
        """Collect what a report says of its batches."""
        first = progress.step - len(progress.losses)
        new = np.arange(first + 1, progress.step + 1, dtype=np.int32)
        self.steps = np.concatenate([self.steps, new])
        self.losses = np.concatenate([self.losses, progress.image_losses])
        self.accuracies = np.concatenate([self.accuracies, progress.accuracies])

    def take(self, everything: bool) -> Points:
        """Hand over what makes whole points, or all that is there."""
        length = len(self.steps)
        whole = length if everything else length - length % self.stride
        starts = np.arange(0, whole, self.stride)
        if not whole:
            return Points.joined([])
        ends = np.minimum(starts + self.stride, whole)
        counts = (ends - starts).astype(np.float32)
        taken = Points(
            self.steps[ends - 1],
            (np.add.reduceat(self.losses[:whole], starts) / counts).astype(np.float32),
            (np.add.reduceat(self.accuracies[:whole], starts) / counts).astype(np.float32),
        )
        self.steps = self.steps[whole:]
        self.losses = self.losses[whole:]
        self.accuracies = self.accuracies[whole:]
        return taken


class Throughput:
    """Steps a second over the last seconds, as a visitor's ETA needs it.

    Attributes:
        steps_per_second: 0 before there is anything to judge by.
    """

    def __init__(self) -> None:
        self.steps_per_second = 0.0
        self._marks: list[tuple[float, int]] = []

    def note(self, step: int, now: float) -> None:
        """Note that `step` was done at `now`, in seconds of a clock that never jumps."""
        if step <= UNCOMPILED_STEPS:
            return  # what comes next includes compiling, which happens only once
        self._marks.append((now, step))
        while len(self._marks) > 2 and now - self._marks[0][0] > 3:
            del self._marks[0]
        (then, before), (now, step) = self._marks[0], self._marks[-1]
        if step > before:
            self.steps_per_second = (step - before) / (now - then)
