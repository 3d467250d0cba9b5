"""What runs are called, by what they have otherwise than the recipes that they come from."""

from typing import Any

import pytest

from digits.recipes import DEFAULT_RECIPE, NOTEBOOK, PRESETS, QUESTIONS, name_for, names_beside
from digits.settings import TrainingSettings


@pytest.mark.parametrize(
    ("recipe", "changes", "name"),
    [
        (DEFAULT_RECIPE, {}, "784-128-64-10"),
        (DEFAULT_RECIPE, {"hidden_layers": (64,)}, "784-64-10"),
        (DEFAULT_RECIPE, {"epochs": 5}, "784-128-64-10, 5 epochs"),
        (DEFAULT_RECIPE, {"activation": "tanh", "seed": 7}, "784-128-64-10, tanh, seed 7"),
        (
            DEFAULT_RECIPE,
            {"dropout": 0.2, "augment": 0.0},
            "784-128-64-10, dropout 0.2, augmentation 0",
        ),
        (NOTEBOOK, {}, "784-128-64-10, plain"),
        (NOTEBOOK, {"hidden_layers": (), "optimizer": "sgd"}, "784-10, plain, sgd"),
        (QUESTIONS["Are 500 images enough?"], {}, "Are 500 images enough?"),
        (QUESTIONS["Is one wide layer as good as two?"], {"seed": 7}, "784-512-10, plain, seed 7"),
    ],
)
def test_a_run_is_named_by_what_tells_it_apart(
    recipe: TrainingSettings, changes: dict[str, Any], name: str
) -> None:
    assert name_for(recipe.model_copy(update=changes)) == name


def test_a_name_says_two_things_at_most() -> None:
    much = DEFAULT_RECIPE.model_copy(update={"epochs": 3, "dropout": 0.1, "l2": 0.1, "seed": 2})
    assert name_for(much).count(",") == 2


def test_every_preset_has_a_name_of_its_own() -> None:
    assert len({name_for(settings) for settings in PRESETS.values()}) == len(PRESETS)


def test_two_settings_are_named_by_what_differs_and_by_their_names_where_that_is_much() -> None:
    wide = DEFAULT_RECIPE.model_copy(update={"hidden_layers": (512,), "seed": 3})
    assert names_beside(DEFAULT_RECIPE, wide) == ("784-128-64-10", "784-512-10")
    plain = NOTEBOOK.model_copy(update={"seed": 5})
    assert names_beside(DEFAULT_RECIPE, plain) == ("784-128-64-10", "784-128-64-10, plain")
    asked = QUESTIONS["Is one wide layer as good as two?"]
    names = ("784-128-64-10", "784-512-10, plain")
    assert names_beside(DEFAULT_RECIPE, asked) == names, "a question names no settings"
    one, other = (
        DEFAULT_RECIPE.model_copy(update={"epochs": 9, "dropout": 0.1, "l2": l2, "augment": share})
        for l2, share in ((0.1, 0.2), (0.2, 0.3))
    )
    assert names_beside(one, other) == (
        "L2 penalty 0.1, augmentation 0.2",
        "L2 penalty 0.2, augmentation 0.3",
    )
