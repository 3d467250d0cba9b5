"""The confusion matrix and the scores, beside scikit-learn's."""

import numpy as np
import pytest
from sklearn import metrics

from digits.mistakes import confusion_matrix, scores_by_digit

DIGITS = np.arange(10)


def answers_of(seed: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Labels and answers, mostly right, of which only some digits come up."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, classes, 1000).astype(np.uint8)
    guesses = random.integers(0, classes, 1000).astype(np.uint8)
    return labels, np.where(random.random(1000) < 0.8, labels, guesses)


@pytest.mark.parametrize("classes", [1, 2, 7, 10])
def test_the_matrix_and_the_scores_are_scikit_learns(classes: int) -> None:
    for seed in range(5):
        labels, answers = answers_of(seed, classes)
        matrix = confusion_matrix(labels, answers)
        assert (matrix == metrics.confusion_matrix(labels, answers, labels=DIGITS)).all()
        expected = metrics.precision_recall_fscore_support(
            labels, answers, labels=DIGITS, zero_division=np.nan
        )
        for ours, theirs in zip(scores_by_digit(matrix), expected, strict=False):
            np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_a_digit_that_is_never_read_has_no_precision_but_a_recall_of_0() -> None:
    labels, answers = np.array([3, 3, 4]), np.array([4, 4, 4])
    scores = scores_by_digit(confusion_matrix(labels, answers))
    assert np.isnan(scores.precision[3])
    assert (scores.recall[3], scores.f1[3]) == (0, 0)
    assert np.isnan([scores.precision[0], scores.recall[0], scores.f1[0]]).all()
    assert scores.precision[4] == pytest.approx(1 / 3)


def test_rows_are_labels_and_columns_answers() -> None:
    matrix = confusion_matrix(np.array([7], np.uint8), np.array([1], np.uint8))
    assert matrix[7, 1] == matrix.sum() == 1
