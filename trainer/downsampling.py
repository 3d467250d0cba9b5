"""Batches to points for the charts: of long runs, means of several batches."""

import numpy as np

from digits.progress import Progress
from model_store.records import Points


class PointDownsampler:
    """Collects batches for the charts; of long runs, the mean of every `stride` batches.

    Points end at multiples of `stride`, whenever a report asks for what is there besides: two
    runs with the same seed have the same points, however fast the machine was.

    Args:
        stride: batches a point.
    """

    def __init__(self, stride: int) -> None:
        self.stride = stride
        self._batches = Points()

    def add(self, progress: Progress) -> None:
        """Collect what a report says of its batches."""
        first = progress.step - len(progress)
        steps = np.arange(first + 1, progress.step + 1, dtype=np.int32)
        self._batches = Points.joined([self._batches, Points(steps, progress.series)])

    def take(self, everything: bool) -> Points:
        """Hand over what makes whole points, or all that is there."""
        steps = self._batches.steps
        ends = np.flatnonzero(steps % self.stride == 0) + 1
        if everything and len(steps) and steps[-1] % self.stride:
            ends = np.append(ends, len(steps))
        if not len(ends):
            return Points()
        whole = int(ends[-1])
        starts = np.concatenate(([0], ends[:-1]))
        counts = (ends - starts).astype(np.float32)
        taken, left = self._split(whole)
        means = {
            name: (np.add.reduceat(values, starts) / counts).astype(np.float32)
            for name, values in taken.series.items()
        }
        self._batches = left
        return Points(taken.steps[ends - 1], means)

    def _split(self, at: int) -> tuple[Points, Points]:
        first, second = (
            Points(
                self._batches.steps[part],
                {name: values[part] for name, values in self._batches.series.items()},
            )
            for part in (slice(at), slice(at, None))
        )
        return first, second
