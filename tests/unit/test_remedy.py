"""Networks that learn nothing, and what helps them: on real runs."""

import pytest

from digits.dataset import Mnist
from digits.remedy import GUESSING, RAN_AWAY, after_guessing, after_running_away
from digits.settings import TrainingSettings
from digits.training import Diverged, evaluate, train

SIX = "64-64-64-64-64-64"


def accuracy(settings: TrainingSettings, mnist: Mnist) -> float:
    for progress in train(settings, mnist):
        last = progress
    weights = last.checkpoint().weights
    return evaluate(weights, settings, mnist.test_images, mnist.test_labels).accuracy


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ({"layers": SIX, "activation": "sigmoid", "optimizer": "sgd", "rate": "0.01"}, "sigmoids"),
        ({"rate": "0.3"}, "such large steps"),
        ({"l2": "0.1", "layers": "128-64-64-64"}, "price on weights"),
    ],
)
def test_what_helps_a_network_that_guesses(
    address: dict[str, str], said: str, mnist: Mnist
) -> None:
    settings, _ = TrainingSettings.from_query({**address, "epochs": "1", "batch": "128"})
    before = accuracy(settings, mnist)
    remedy = after_guessing(before, settings)
    assert remedy is not None
    assert said in remedy.why
    more = remedy.settings.model_copy(update={"epochs": 3})
    assert accuracy(more, mnist) > 2 * GUESSING > 2 * before


def test_a_network_that_has_learned_a_little_needs_none(mnist: Mnist) -> None:
    settings = TrainingSettings(learning_rate=1e-5, epochs=1)
    assert after_guessing(accuracy(settings, mnist), settings) is None


def test_what_helps_a_run_that_ran_away(mnist: Mnist) -> None:
    settings = TrainingSettings(optimizer="sgd", learning_rate=10, l2=0.1, epochs=1)
    with pytest.raises(Diverged, match=RAN_AWAY) as caught:
        accuracy(settings, mnist)
    remedy = after_running_away(settings)
    assert "a tenth of 10" in str(caught.value)
    assert remedy.settings.learning_rate == 1
    assert remedy.changes == "Learning rate 1"
