"""Challenges are solved by what keeps to them, and by nothing else."""

import pytest

from digits.challenges import CHALLENGES, Challenge, Reached
from digits.settings import TrainingSettings, contradictions

SMALL, FEW, FAST = CHALLENGES
ORDINARY = TrainingSettings()


@pytest.mark.parametrize(
    ("challenge", "solution", "spoilt"),
    [
        (
            SMALL,
            Reached(TrainingSettings(hidden_layers=(12,)), 10_000, 0.9358),
            Reached(TrainingSettings(hidden_layers=(13,)), 10_000, 0.94),
        ),
        (
            FEW,
            Reached(TrainingSettings(images_used=100), 2500, 0.8492),
            Reached(TrainingSettings(images_used=101), 2500, 0.97),
        ),
        (FAST, Reached(ORDINARY, 200, 0.9668), Reached(ORDINARY, 201, 0.98)),
    ],
)
def test_both_the_accuracy_and_the_means_count(
    challenge: Challenge, solution: Reached, spoilt: Reached
) -> None:
    assert challenge.is_solved(solution)
    assert not challenge.is_solved(spoilt)
    assert not challenge.is_solved(solution._replace(accuracy=challenge.accuracy - 0.0001))
    assert f"{100 * challenge.accuracy:.0f}%" in challenge.task


@pytest.mark.parametrize("challenge", CHALLENGES, ids=lambda each: each.name)
def test_where_it_begins_is_allowed(challenge: Challenge) -> None:
    steps = challenge.start.steps_per_mnist_epoch * challenge.start.epochs
    assert challenge.is_within(Reached(challenge.start, steps, 0.5))
    assert not contradictions(challenge.start)
    assert TrainingSettings.from_query(challenge.start.to_full_query()) == (challenge.start, [])
