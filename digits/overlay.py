"""The curves of a run made ready to lie beside those of others: thinned, and along three axes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def thinned(
    steps: NDArray[np.integer], values: NDArray[np.floating], most: int
) -> tuple[NDArray[np.integer], Numbers]:
    """Means of as many neighbours as leave no more than `most` points.

    Args:
        steps: that each point ends at, [count].
        values: of each point, [count]; those that are no numbers are left out of the means.
        most: at least 1.

    Returns:
        The step that each mean ends at, and the means; not a number where there was none.
    """
    if not len(steps):
        return steps, np.zeros(0)
    ends = np.unique(np.linspace(0, len(steps), min(most, len(steps)) + 1).round().astype(int))
    is_number = np.isfinite(values)
    sums = np.add.reduceat(np.where(is_number, values, 0).astype(float), ends[:-1])
    counts = np.add.reduceat(is_number.astype(float), ends[:-1])
    means = np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0)
    return steps[ends[1:] - 1], means


def seconds_at(
    steps: Sequence[int] | NDArray[np.integer],
    epoch_ends: Sequence[int],
    epoch_seconds: Sequence[float],
    steps_per_second: float,
) -> Numbers:
    """After how many seconds of training steps were taken.

    Args:
        steps: [count], rising.
        epoch_ends: the last step of each epoch that has ended.
        epoch_seconds: how long each of them took.
        steps_per_second: of the epoch that has not ended; 0 where it is not known.
    """
    ends = np.concatenate([[0], epoch_ends])
    seconds = np.concatenate([[0.0], np.cumsum(epoch_seconds)])
    last = int(max(steps, default=0))
    if last > ends[-1]:
        speed = steps_per_second or (ends[-1] / seconds[-1] if seconds[-1] else 0)
        beyond = (last - ends[-1]) / speed if speed else 0.0
        ends, seconds = np.append(ends, last), np.append(seconds, seconds[-1] + beyond)
    return np.asarray(np.interp(steps, ends, seconds))
