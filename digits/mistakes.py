"""What a network confuses with what: the confusion matrix, and the scores of each digit from it."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from digits.settings import CLASSES

Digits = NDArray[np.integer[Any]]
Counts = NDArray[np.int64]
Shares = NDArray[np.float64]


class Scores(NamedTuple):
    """How well each digit is read, float64 [10] each.

    Attributes:
        precision: of the images that were read as the digit, how many are; NaN if none was.
        recall: of the images that are the digit, how many were read as it; NaN if there is none.
        f1: the harmonic mean of the two; NaN if there is neither.
    """

    precision: Shares
    recall: Shares
    f1: Shares


def confusion_matrix(labels: Digits, answers: Digits) -> Counts:
    """How often each digit was read as each.

    Args:
        labels: what the images are, [count].
        answers: what they were read as, [count].

    Returns:
        int64 [10, 10]: a row for each label, a column for each answer.
    """
    pairs = labels.astype(np.int64) * CLASSES + answers
    return np.bincount(pairs, minlength=CLASSES**2).reshape(CLASSES, CLASSES)


def scores_by_digit(matrix: Counts) -> Scores:
    """Precision, recall and F1 of each digit, from a confusion matrix.

    Source: C. J. van Rijsbergen, Information Retrieval, 1979, chapter 7.
    """
    right = matrix.diagonal()
    are, were_read = matrix.sum(axis=1), matrix.sum(axis=0)
    return Scores(_of(right, were_read), _of(right, are), _of(2 * right, are + were_read))


def _of(part: Counts, whole: Counts) -> Shares:
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)
