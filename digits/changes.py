"""Settings that change while a run trains: which can, and which hold at a step."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from digits.settings import TrainingSettings
from digits.trainer_shape import KNOBS

# What the compiled loop is told with every call, and how large its batches are. One that was off or
# is switched off may need another loop, and another batch size does; all others go on in the same.
IN_FLIGHT = ("learning_rate", "batch_size", *KNOBS)
# Why a branch has these as its run has them. All else it can go on with otherwise, as that leaves
# the weights and the steps of an epoch what they are.
HELD = {
    "hidden_layers": "decide how many weights there are",
    "initializer": "are what it has begun with",
    "seed": "decides with which weights it has begun",
    "epochs": "stay as many; a run that has ended can be given more",
    "images_used": "decides how many steps an epoch has",
    "left_out": "decides how many steps an epoch has",
    "validation_split": "decides which images were never learned from",
}
AT_A_BRANCH = tuple(name for name in TrainingSettings.model_fields if name not in HELD)
MOST_CHANGES = 100


class Change(NamedTuple):
    """What a run goes on with once it has taken `step` steps, by the names of the settings."""

    step: int
    values: dict[str, Any]


def settings_at(
    step: float, settings: TrainingSettings, changes: Iterable[Change]
) -> TrainingSettings:
    """The settings of the step that follows `step` others.

    Args:
        step: how many steps were taken before.
        settings: those that the run began with.
        changes: of the whole run, in their order.
    """
    values: dict[str, Any] = {}
    for change in changes:
        if change.step <= step:
            values |= change.values
    return settings.model_copy(update=values) if values else settings


def next_change(step: int, changes: Iterable[Change]) -> float:
    """The first step after `step` at which something changes; infinite where nothing does."""
    return min((each.step for each in changes if each.step > step), default=float("inf"))
