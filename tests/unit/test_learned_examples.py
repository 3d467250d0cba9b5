"""What a run learns from: so many images, none of the digit left out, as many wrong labels."""

import numpy as np
import pytest

from digits.dataset import Mnist
from digits.learned_examples import examples_learned_from, labels_learned_from
from digits.settings import CLASSES, TrainingSettings


@pytest.mark.parametrize("digit", range(CLASSES))
@pytest.mark.parametrize("images_used", [100, 60_000])
def test_a_digit_left_out_is_never_seen_and_the_count_is_that_of_the_settings(
    digit: int, images_used: int, mnist: Mnist
) -> None:
    settings = TrainingSettings(left_out=str(digit), images_used=images_used)
    examples = examples_learned_from(settings, mnist.train_labels)
    count, held_back = settings.split(len(mnist.train_labels))
    assert len(examples) == len(set(examples)) == count
    assert examples.max() < len(mnist.train_labels) - held_back
    assert digit not in mnist.train_labels[examples]
    assert len(set(mnist.train_labels[examples])) == CLASSES - 1


@pytest.mark.parametrize("left_out", ["none", "9", "0"])
def test_as_many_labels_are_wrong_as_asked_and_none_of_those_held_back(
    left_out: str, mnist: Mnist
) -> None:
    settings = TrainingSettings(mislabelled=0.1, left_out=left_out, seed=3)
    right = mnist.train_labels
    given = labels_learned_from(settings, right)
    examples = examples_learned_from(settings, right)
    wrong = np.flatnonzero(given != right)
    assert len(wrong) == round(0.1 * len(examples))
    assert set(wrong) <= set(examples)
    assert left_out not in set(map(str, given[wrong]))
    shares = np.bincount(given[wrong], minlength=10) / len(wrong)
    assert shares.max() < 0.15, "any other digit is as likely"
    np.testing.assert_array_equal(given, labels_learned_from(settings, right))
    other = settings.model_copy(update={"seed": 4})
    assert (labels_learned_from(other, right) != given).any()


def test_all_is_learned_from_where_the_settings_say_nothing(mnist: Mnist) -> None:
    assert labels_learned_from(TrainingSettings(), mnist.train_labels) is mnist.train_labels
    examples = examples_learned_from(TrainingSettings(), mnist.train_labels)
    np.testing.assert_array_equal(examples, np.arange(54_000))
