"""How much a share of a few examples says about all others."""

import math

from digits.settings import TEST_IMAGES

# Of all intervals made so, 95% hold the true share: the normal distribution within so many sigmas.
SIGMAS_OF_95_PERCENT = 1.959964


def wilson_interval(right: int, count: int) -> tuple[float, float]:
    """Where the true share lies of which `right` of `count` examples are a sample, with 95%.

    Args:
        right: from 0 to `count`.
        count: at least 1.

    Returns:
        The lowest and the highest share, from 0 to 1. Other than the mean plus and minus two
        standard errors, it is no single point where all or none were right.

    Raises:
        ValueError: there are no examples, or more were right than there are.

    Source: E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference,
    Journal of the American Statistical Association 22, 1927.
    """
    if not 0 <= right <= count or count < 1:
        raise ValueError(f"expected 0 to {count} right of at least 1 example, got {right}")
    square = SIGMAS_OF_95_PERCENT**2
    share = right / count
    middle = share + square / (2 * count)
    spread = SIGMAS_OF_95_PERCENT * math.sqrt(share * (1 - share) / count + square / (4 * count**2))
    scale = 1 + square / count
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def interval_of_test_accuracy(accuracy: float) -> tuple[float, float]:
    """The Wilson interval of an accuracy, 0 to 1, on all of the test images."""
    return wilson_interval(round(accuracy * TEST_IMAGES), TEST_IMAGES)
