"""Networks that learn nothing, and what helps them: on real runs."""

import pytest

from digits.dataset import Mnist
from digits.divergence import Diverged
from digits.evaluation import evaluate
from digits.remedy import (
    GUESSING,
    HELD_BACK,
    RAN_AWAY,
    after_guessing,
    after_narrowing,
    after_running_away,
    limit_in_words,
    worth_a_try,
)
from digits.settings import TrainingSettings
from digits.training import train

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
        ({"rate": "1e-6", "optimizer": "sgd"}, "such small steps"),
        ({"l2": "0.1", "layers": "128-64-64-64"}, "price on weights"),
        ({"dropout": "0.8", "layers": SIX}, "sitting out"),
        ({"mislabelled": "1"}, "100% of the labels"),
        ({"weights": "zeros"}, "every unit of a layer the same"),
        ({"l1": "0.1", "layers": "128-64-64-64"}, "nearly all of them 0"),
        (
            {"layers": "1", "activation": "sigmoid", "optimizer": "sgd", "rate": "0.01"},
            "only 1 number",
        ),
        (
            {"layers": "64-64", "activation": "sigmoid", "optimizer": "sgd", "rate": "0.005"}
            | {"batch": "512"},
            "go together",
        ),
    ],
)
def test_what_helps_a_network_that_guesses(
    address: dict[str, str], said: str, mnist: Mnist
) -> None:
    settings, _ = TrainingSettings.from_query({"epochs": "1", "batch": "128", **address})
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


@pytest.mark.parametrize(
    ("layers", "said", "changes"),
    [
        ("2", "hidden layer 1 lets only 2 numbers", "Hidden layers 32"),
        ("64-1-16", "hidden layer 2 lets only 1 number", "Hidden layers 64-32-16"),
    ],
)
def test_what_helps_a_network_that_is_too_narrow(
    layers: str, said: str, changes: str, mnist: Mnist
) -> None:
    settings, _ = TrainingSettings.from_query({"layers": layers, "epochs": "1", "batch": "128"})
    before = accuracy(settings, mnist)
    remedy = after_guessing(before, settings) or after_narrowing(before, settings)
    assert remedy is not None
    assert said in remedy.why
    assert remedy.changes == changes
    after = accuracy(remedy.settings.model_copy(update={"epochs": 3}), mnist)
    assert after > HELD_BACK > before
    assert after_narrowing(after, remedy.settings) is None


def test_a_narrow_network_that_reads_well_is_left_alone() -> None:
    assert after_narrowing(0.9, TrainingSettings(hidden_layers=(2,))) is None
    assert after_narrowing(0.5, TrainingSettings(hidden_layers=(3,))) is None
    assert after_narrowing(0.5, TrainingSettings(hidden_layers=())) is None


@pytest.mark.parametrize(
    ("address", "limit", "tries"),
    [
        ({}, "", ["more epochs"]),
        ({"epochs": "50"}, "", []),
        ({"rate": "0.004"}, "", ["more epochs"]),  # not far from what is usual
        ({"rate": "0.02", "patience": "2"}, "", ["the usual learning rate 0.001"]),
        ({"dropout": "0.5", "l1": "0.01"}, "", ["no dropout", "no penalty on weights"]),
        ({"without": "9"}, "never saw a 9", ["no digit left out", "more epochs"]),
        ({"activation": "linear"}, "no more than one", ["relu", "more epochs"]),
        ({"layers": ""}, "no hidden layer", ["a hidden layer", "more epochs"]),
        ({"images": "500"}, "only 500 images", ["more images", "more epochs", "augmentation"]),
        ({"layers": "128-16"}, "hidden layer 2 lets only 16", ["wider layers", "more epochs"]),
    ],
)
def test_what_is_said_of_a_bad_result_that_no_rule_speaks_of(
    address: dict[str, str], limit: str, tries: list[str]
) -> None:
    settings, refused = TrainingSettings.from_query(address)
    assert not refused
    assert limit in limit_in_words(settings)
    assert bool(limit) == bool(limit_in_words(settings))
    found = dict(worth_a_try(settings))
    assert [*found][: len(tries)] == tries
    assert len(found) == len(tries) or "dropout" in address
    if "wider layers" in found:
        assert found["wider layers"].hidden_layers == (128, 32)
