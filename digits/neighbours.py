"""Which images lie nearest to a drawing by what the last hidden layer says of them.

The activations of many images are kept as numbers of 16 bits. Who may be among the nearest, by how
far rounding can move them, is looked at again in 32 bits: what is found is what brute force finds.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from digits.inference import FloatArray, forward
from digits.settings import Activation

Halves = NDArray[np.float16]
Indices = NDArray[np.intp]
# Twice what rounding to 11 binary digits changes, and what it changes in the smallest numbers.
_ROUNDING = 2.0**-10
_LEAST_ROUNDING = 2.0**-24
_ROWS_A_SLICE = 2000


def last_hidden(
    weights: Sequence[FloatArray], activation: Activation, images: NDArray[np.generic]
) -> FloatArray:
    """Activations [count, units] of the last hidden layer; the pixels where there is none."""
    with np.errstate(all="ignore"):  # of a network that ran away
        return forward(weights, activation, images)[-2]


def rounded_activations(
    weights: Sequence[FloatArray], activation: Activation, images: NDArray[np.generic]
) -> Halves:
    """Activations [count, units] as `nearest` takes them."""
    with np.errstate(over="ignore"):
        return last_hidden(weights, activation, images).astype(np.float16)


def nearest(
    rounded: Halves, wanted: FloatArray, count: int, exactly: Callable[[Indices], FloatArray]
) -> Indices:
    """The indices of the nearest rows by Euclidean distance, nearest first.

    Args:
        rounded: activations [rows, units] in 16 bits, all finite.
        wanted: activations [units] of what is compared.
        count: how many are wanted.
        exactly: called with indices, has their activations [indices, units] in 32 bits.
    """
    distances, lengths = _distances(rounded, wanted)
    margins = _ROUNDING * lengths + _LEAST_ROUNDING * np.sqrt(rounded.shape[1])
    count = min(count, len(rounded))
    farthest = np.partition(distances + margins, count - 1)[count - 1]
    candidates = np.flatnonzero(distances - margins <= farthest)
    exact = np.linalg.norm(exactly(candidates).astype(np.float64) - wanted, axis=1)
    return candidates[np.argsort(exact, kind="stable")[:count]]


def _distances(rounded: Halves, wanted: FloatArray) -> tuple[FloatArray, FloatArray]:
    """How far each row lies from what is wanted, and how long it is, [rows] each."""
    distances, lengths = (np.empty(len(rounded), np.float32) for _ in range(2))
    for start in range(0, len(rounded), _ROWS_A_SLICE):
        rows = rounded[start : start + _ROWS_A_SLICE].astype(np.float32)
        lengths[start : start + len(rows)] = np.linalg.norm(rows, axis=1)
        distances[start : start + len(rows)] = np.linalg.norm(rows - wanted, axis=1)
    return distances, lengths
