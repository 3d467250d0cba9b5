import numpy as np
import pytest

from digits.dataset import Mnist
from digits.evaluation import evaluate
from digits.fine_tuning import MOST_LOST, _as_far_as_harmless, teach
from digits.settings import TrainingSettings
from digits.training import train

SETTINGS = TrainingSettings(hidden_layers=(16,), batch_size=64, epochs=3)


def picture(digit, rng):
    """Ten patterns that a small network learns at once: a bar at a place that tells the digit."""
    image = rng.integers(0, 40, (28, 28)).astype(np.uint8)
    image[4 + 2 * digit : 6 + 2 * digit, 6:22] = 255
    return image


@pytest.fixture(scope="module")
def dataset():
    rng = np.random.default_rng(0)
    labels = (np.arange(2600) % 10).astype(np.uint8)
    images = np.stack([picture(label, rng) for label in labels])
    return Mnist(images[:2000], labels[:2000], images[2000:], labels[2000:])


@pytest.fixture(scope="module")
def weights(dataset):
    *_, last = train(SETTINGS, dataset)
    return last.checkpoint().weights


def test_it_learns_the_corrections_and_keeps_the_rest(dataset, weights):
    before = [weight.copy() for weight in weights]
    drawing = np.zeros((28, 28), np.uint8)
    drawing[4:24, 13:15] = 255  # an upright bar, which no digit has
    drawings, labels = np.stack([drawing] * 3), np.full(3, 7, np.uint8)
    answer = teach(weights, SETTINGS, drawings, labels, dataset)
    assert answer.own_after == 1
    assert answer.own_before <= answer.own_after
    assert answer.test_after > answer.test_before - 0.003
    assert all(np.array_equal(*pair) for pair in zip(before, weights, strict=True))
    assert [weight.shape for weight in answer.weights] == [weight.shape for weight in weights]


def test_teaching_the_same_gives_the_same(dataset, weights):
    drawings, labels = dataset.test_images[:2], np.array([3, 4], np.uint8)
    first, second = (teach(weights, SETTINGS, drawings, labels, dataset) for _ in range(2))
    for one, other in zip(first.weights, second.weights, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_a_lesson_stops_where_mnist_would_be_forgotten(dataset, weights):
    """Halfway between a network and its negative lies one that knows nothing."""

    def known(state):
        return evaluate(state, SETTINGS, dataset.train_images, dataset.train_labels).accuracy

    opposite = [-weight for weight in weights]
    reached = _as_far_as_harmless(weights, opposite, SETTINGS, dataset)
    assert known(opposite) < 0.5
    assert known(reached) >= known(weights) - MOST_LOST
    assert not np.array_equal(reached[0], weights[0])


def test_a_harmless_lesson_goes_all_the_way(dataset, weights):
    shifted = [*weights[:-1], weights[-1] + np.float32(1)]  # the answers stay
    reached = _as_far_as_harmless(weights, shifted, SETTINGS, dataset)
    np.testing.assert_allclose(reached[-1], shifted[-1], rtol=1e-6)
