"""Runs that differ in one or two settings, or in their seed alone."""

from statistics import mean, stdev

import pytest

from digits.recipes import NOTEBOOK, QUESTIONS
from digits.settings import TrainingSettings
from digits.sweep import (
    AT_ONCE,
    LARGEST_SEED,
    VARIED,
    Refused,
    as_grid,
    grid,
    other_seeds,
    spread_in_words,
    told_apart,
    what_mattered,
)

BASE = TrainingSettings(hidden_layers=(16,), epochs=2, seed=7)


def test_there_come_to_be_five_seeds() -> None:
    seed = BASE.seed
    found = other_seeds(BASE, (seed, seed + 1, seed + 3))
    assert [each.settings.seed for each in found] == [seed + 2, seed + 4]
    assert other_seeds(BASE, range(seed, seed + 6)) == []


def test_other_seeds_leave_all_else_as_it_is() -> None:
    assert [each.settings.seed for each in other_seeds(BASE, ())] == [7, 8, 9, 10, 11]
    found = other_seeds(BASE, (7,))
    assert [each.settings.seed for each in found] == [8, 9, 10, 11]
    assert {each.settings.model_copy(update={"seed": 7}) for each in found} == {BASE}
    assert found[0].name == "784-16-10, plain, 2 epochs, seed 8"
    asked = other_seeds(QUESTIONS["What does a rate far too high do?"], (NOTEBOOK.seed,))
    assert asked[0].name == f"784-128-64-10, plain, rate 0.3, seed {NOTEBOOK.seed + 1}"
    last = other_seeds(BASE.model_copy(update={"seed": LARGEST_SEED}), ())
    assert all(TrainingSettings.model_validate(each.settings.model_dump()) for each in last)


def test_a_grid_has_every_combination_once() -> None:
    found = grid(BASE, {"rate": "0.001, 0.01,0.01", "layers": "32, 64-32, none"})
    assert len({each.settings for each in found}) == len(found) == 6
    assert {each.settings.hidden_layers for each in found} == {(32,), (64, 32), ()}
    assert {each.settings.epochs for each in found} == {2}
    assert found[0].name == "rate 0.001 · 784-32-10"


@pytest.mark.parametrize(
    ("axes", "sentence"),
    [
        ({}, "One or two settings can be varied"),
        ({"rate": "1", "l2": "0", "dropout": "0"}, "not 3"),
        ({"rate": "0.1"}, "These are 1 run; there can be 2 to 16"),
        ({"rate": ""}, "These are 0 runs"),
        ({"rate": ",".join(map(str, range(1, 10**4)))}, "These are 1,000 runs"),
        ({"rate": "0.1, 0.2", "epochs": "1,2,3,4,5,6,7,8,9"}, "These are 18 runs"),
        ({"seed": "1, 2"}, "is no setting that can be varied"),
        ({"<b>": "1, 2"}, "is no setting that can be varied"),
        ({"rate": "0.1, fast"}, "not “fast”"),
        ({"epochs": "2, 1000000"}, "Epochs: a whole number from 1"),
    ],
)
def test_what_cannot_be_run_is_said(axes: dict[str, str], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        grid(BASE, axes)


def test_every_setting_but_the_seed_can_be_varied() -> None:
    assert len(VARIED) == len(TrainingSettings.model_fields) - 1


def test_runs_are_a_grid_of_what_differs() -> None:
    runs = grid(BASE, {"rate": "0.01, 0.001", "layers": "32, 64"})
    found = as_grid([each.settings for each in runs])
    assert found
    assert [axis.title for axis in found.axes] == ["Hidden layers", "Learning rate"]
    assert found.axes[1].values == ["rate 0.001", "rate 0.01"], "in order"
    assert sorted(found.places) == [[0, 0], [0, 1], [1, 0], [1, 1]]
    for each, (layers, rate) in zip(runs, found.places, strict=True):
        assert found.axes[0].values[layers] == each.settings.architecture
        assert found.axes[1].values[rate] == f"rate {each.settings.learning_rate:g}"
    assert as_grid([BASE, BASE]) is None
    assert as_grid([each.settings for each in other_seeds(BASE, ())]) is None
    three = [BASE.model_copy(update={name: 0.5}) for name in ("dropout", "l2", "learning_rate")]
    assert as_grid(three) is None


def test_what_mattered_is_the_setting_whose_means_lie_further_apart() -> None:
    runs = grid(BASE, {"rate": "0.01, 0.001", "layers": "32, 64"})
    found = as_grid([each.settings for each in runs])
    assert found
    accuracies: list[float | None] = [
        0.9 + 0.01 * place[0] + 0.05 * place[1] for place in found.places
    ]
    assert what_mattered(found, accuracies).startswith(
        "Learning rate mattered more. Learning rate: 95.50% with rate 0.01, 90.50% with rate 0.001."
    )
    assert what_mattered(found, [None] * 4) == ""


def test_what_changed_together_is_not_told_apart() -> None:
    runs = grid(BASE, {"rate": "0.01, 0.001", "layers": "32, 64"})
    found = as_grid([runs[0].settings, runs[3].settings, runs[3].settings])
    assert found
    assert what_mattered(found, [0.9, None, None]) == ""
    assert what_mattered(found, [0.9, 0.95, 0.95]) == AT_ONCE


def test_runs_of_one_name_are_told_apart_by_what_differs_or_by_a_number() -> None:
    again = BASE.model_copy(update={"seed": 8})
    names = told_apart(["a", "a", "b", "b", "c"], [BASE, again, BASE, BASE, BASE])
    assert names == [f"a, seed {BASE.seed}", "a, seed 8", "b", "b (2)", "c"]


def test_the_spread_of_seeds() -> None:
    accuracies = [0.971, 0.975, 0.973]
    assert spread_in_words(accuracies) == (
        f"mean of 3 seeds {mean(accuracies):.2%}, from 97.10% to 97.50% "
        f"(standard deviation {100 * stdev(accuracies):.2f} points)"
    )
