"""Challenges are solved by what keeps to them, and by nothing else."""

import pytest

from benchmarks.learning.challenges import SOLUTIONS, offered
from digits.challenges import (
    CHALLENGES,
    MOST_WORK,
    Challenge,
    Reached,
    challenge_named,
    turned_seven,
)
from digits.inference import digit_probabilities
from digits.recipes import DEFAULT_RECIPE, NOTEBOOK, PRESETS
from digits.settings import TrainingSettings, contradictions
from model_store.records import WEIGHTS
from trainer.checkpoints import unpacked_weights
from trainer.ready_made import FOLDER

SMALL, FEW, FAST, THRIFTY, TURNED = CHALLENGES
ORDINARY = TrainingSettings()


@pytest.mark.parametrize(
    ("challenge", "solution", "spoilt"),
    [
        (
            SMALL,
            Reached(TrainingSettings(hidden_layers=(6, 12)), 10_000, 0.9246),
            Reached(TrainingSettings(hidden_layers=(7,)), 10_000, 0.94),
        ),
        (
            FEW,
            Reached(TrainingSettings(images_used=100), 2500, 0.8492),
            Reached(TrainingSettings(images_used=101), 2500, 0.97),
        ),
        (FAST, Reached(ORDINARY, 200, 0.9668), Reached(ORDINARY, 201, 0.98)),
        (THRIFTY, Reached(ORDINARY, 1055, 0.9771), Reached(ORDINARY, 1056, 0.98)),
        (TURNED, Reached(ORDINARY, 2110, 0.9771, 7), Reached(ORDINARY, 2110, 0.9771, 2)),
        (TURNED, Reached(ORDINARY, 2110, 0.9771, 7), Reached(ORDINARY, 2110, 0.9771)),
        (TURNED, Reached(ORDINARY, 2110, 0.9771, 7), Reached(ORDINARY, 2111, 0.98, 7)),
    ],
)
def test_both_the_accuracy_and_the_means_count(
    challenge: Challenge, solution: Reached, spoilt: Reached
) -> None:
    assert challenge.is_solved(solution)
    assert not challenge.is_solved(spoilt)
    assert not challenge.is_solved(solution._replace(accuracy=challenge.accuracy - 0.0001))
    assert f"{100 * challenge.accuracy:g}%" in challenge.task


@pytest.mark.parametrize("challenge", CHALLENGES, ids=lambda each: each.name)
def test_where_it_begins_is_allowed(challenge: Challenge) -> None:
    steps = challenge.start.steps_per_mnist_epoch * challenge.start.epochs
    assert challenge.is_within(Reached(challenge.start, steps, 0.5))
    assert challenge.is_solved(Reached(challenge.start, steps, 1.0, challenge.digit))
    assert not contradictions(challenge.start)
    assert TrainingSettings.from_query(challenge.start.to_full_query()) == (challenge.start, [])


def test_the_work_allowed_is_a_quarter_of_the_notebooks() -> None:
    steps = NOTEBOOK.steps_per_mnist_epoch * NOTEBOOK.epochs
    assert Reached(NOTEBOOK, steps, 0.9761).work == 4 * MOST_WORK


def test_the_shipped_network_reads_the_turned_seven_that_others_take_for_a_2() -> None:
    weights = unpacked_weights((FOLDER / WEIGHTS).read_bytes())
    (shares,) = digit_probabilities(weights, "relu", turned_seven()[None])
    assert shares.argmax() == 7
    assert turned_seven().shape == (28, 28)


@pytest.mark.parametrize("challenge", CHALLENGES, ids=lambda each: each.name)
def test_the_settings_that_are_known_to_solve_it_keep_to_it(challenge: Challenge) -> None:
    settings = SOLUTIONS[challenge.name]
    steps = settings.steps_per_mnist_epoch * settings.epochs
    assert challenge.is_solved(Reached(settings, steps, challenge.accuracy, challenge.digit))
    assert not contradictions(settings)


@pytest.mark.parametrize(
    ("challenge", "said"),
    [
        (SMALL, "with 4,924 weights"),
        (FEW, "from 100 images"),
        (FAST, "after 159 steps"),
        (THRIFTY, "with 0.05 billion of work"),
        (TURNED, "and its drawing of a turned 7 read as a 7"),
    ],
)
def test_what_was_reached_is_said_in_the_terms_of_the_task(challenge: Challenge, said: str) -> None:
    settings = TrainingSettings(hidden_layers=(6, 12), images_used=100)
    reached = Reached(settings, 159, 0.966, 7)
    assert challenge.said_of(reached) == f"96.60% {said}"


@pytest.mark.parametrize(
    ("challenge", "changes", "said"),
    [
        (SMALL, {"hidden_layers": (6, 12)}, "4,924 of 5,000 weights"),
        (SMALL, {"hidden_layers": (7,)}, "5,575 of 5,000 weights: too many"),
        (FEW, {"images_used": 100}, "100 of 100 images"),
        (FEW, {"images_used": 101}, "101 of 100 images: too many"),
        (
            FAST,
            {"batch_size": 600, "epochs": 2, "validation_split": 0.1},
            "2 epochs of 90 steps = 180 of 200 steps",
        ),
        (
            FAST,
            {"batch_size": 512, "epochs": 2},
            "2 epochs of 106 steps = 212 of 200 steps: too many",
        ),
    ],
)
def test_what_settings_would_take_is_said_before_they_are_trained(
    challenge: Challenge, changes: dict[str, object], said: str
) -> None:
    assert challenge.planned(ORDINARY.model_copy(update=changes)) == said


@pytest.mark.parametrize("challenge", CHALLENGES, ids=lambda each: each.name)
def test_no_start_and_no_solution_is_said_to_take_too_many(challenge: Challenge) -> None:
    for settings in (challenge.start, SOLUTIONS[challenge.name]):
        assert "too many" not in challenge.planned(settings)
    assert THRIFTY.planned(NOTEBOOK).endswith("of work: too many")


def test_one_point_may_be_lost_where_the_drawing_is_to_be_read() -> None:
    assert challenge_named("Turned") == TURNED
    assert challenge_named("turned") is None
    assert "you may lose one point, no more" in TURNED.task
    assert TURNED.is_solved(Reached(ORDINARY, 2110, 0.9661, 7))
    assert not TURNED.is_solved(Reached(ORDINARY, 2110, 0.9659, 7))


def test_no_recipe_for_drawings_is_allowed_to_read_the_turned_seven() -> None:
    """They turn the images for 40 epochs: with them, the first press of Train solved it."""
    turning = {name: preset for name, preset in PRESETS.items() if preset.augment}
    assert DEFAULT_RECIPE in turning.values()
    assert not [name for name, preset in turning.items() if TURNED.allows(preset)]
    assert TURNED.planned(DEFAULT_RECIPE).endswith("of 14.77 billion of work: too many")
    assert offered(TURNED)["its start"] == TURNED.start
