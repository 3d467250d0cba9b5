"""Probabilities that can be taken at their word.

A network trained long is surer of itself than it is right. Dividing its logits by one number, the
temperature, mends most of that and changes no answer. The logarithms of its probabilities do as
well as the logits: they differ by a constant, which softmax does not notice.
Source: C. Guo et al., On Calibration of Modern Neural Networks, 2017.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from digits.inference import FloatArray, softmax

COLDEST, HOTTEST = 0.05, 20.0
BINS = 15
PRECISION = 1e-4


def fit_temperature(probabilities: FloatArray, labels: NDArray[np.uint8]) -> float:
    """The temperature that makes the labels most probable.

    Args:
        probabilities: float32 [count, 10], of images that were not trained on.
        labels: uint8 [count].

    Returns:
        The temperature, between 0.05 and 20; 1 leaves the probabilities as they are.
    """
    logits = _logits(probabilities)
    wanted = float(logits[np.arange(len(labels)), labels].mean())
    # In the inverse temperature the loss is convex: Newton's steps, halved where one leads astray.
    inverse, low, high = 1.0, 1 / HOTTEST, 1 / COLDEST
    while high - low > PRECISION * inverse:
        slope, curvature = _slope_and_curvature(logits, wanted, inverse)
        low, high = (low, inverse) if slope > 0 else (inverse, high)
        better = inverse - slope / max(curvature, np.finfo(float).tiny)
        if abs(better - inverse) < PRECISION * inverse:
            break
        inverse = better if low < better < high else (low + high) / 2
    return 1 / inverse


def calibrated(probabilities: FloatArray, temperature: float) -> FloatArray:
    """Class probabilities [count, 10] brought to a temperature above 0; above 1 is less sure."""
    return softmax(np.asarray(_logits(probabilities) / temperature, np.float32))


def expected_calibration_error(
    probabilities: FloatArray, labels: NDArray[np.integer[Any]], bins: int = BINS
) -> float:
    """How far confidence and accuracy lie apart, on average.

    Args:
        probabilities: [count, 10].
        labels: [count].
        bins: answers are grouped by confidence into so many bins of equal width.

    Returns:
        Between 0 and 1; 0.02 means that answers given with 90% are right 88 to 92 times of 100.
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == labels
    numbers = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = np.bincount(numbers, right - confidence, minlength=bins)
    return float(np.abs(gaps).sum() / max(len(labels), 1))


def _logits(probabilities: FloatArray) -> NDArray[np.float64]:
    smallest = np.finfo(np.float32).tiny  # what was rounded to 0 was no larger
    return np.log(np.maximum(probabilities, smallest).astype(np.float64))


def _slope_and_curvature(
    logits: NDArray[np.float64], wanted: float, inverse: float
) -> tuple[float, float]:
    """First and second derivative of the loss in the inverse temperature."""
    shares = softmax(logits * inverse)
    said = (shares * logits).sum(axis=1)
    return float(said.mean()) - wanted, float(
        (shares * logits**2).sum(axis=1).mean() - (said**2).mean()
    )
