"""Settings that change while a run trains: which can, and which hold at a step."""

from collections.abc import Iterable
from typing import NamedTuple

from digits.settings import TrainingSettings
from digits.trainer_shape import KNOBS

# What the compiled loop is told with every call. One that was off or is switched off may need
# another loop, all others go on in the same.
IN_FLIGHT = ("learning_rate", *KNOBS)
MOST_CHANGES = 100


class Change(NamedTuple):
    """What a run goes on with once it has taken `step` steps, by the names of the settings."""

    step: int
    values: dict[str, float]


def settings_at(
    step: float, settings: TrainingSettings, changes: Iterable[Change]
) -> TrainingSettings:
    """The settings of the step that follows `step` others.

    Args:
        step: how many steps were taken before.
        settings: those that the run began with.
        changes: of the whole run, in their order.
    """
    values: dict[str, float] = {}
    for change in changes:
        if change.step <= step:
            values |= change.values
    return settings.model_copy(update=values) if values else settings


def next_change(step: int, changes: Iterable[Change]) -> float:
    """The first step after `step` at which something changes; infinite where nothing does."""
    return min((each.step for each in changes if each.step > step), default=float("inf"))


def with_change(
    step: int, wanted: dict[str, float], settings: TrainingSettings, changes: list[Change]
) -> list[Change]:
    """The changes of a run with what its owner wants from `step` on, if that is anything new.

    A run that was put back to an earlier step goes through the changes that it had, each at its
    step, unless something else is wanted meanwhile.
    """
    planned = settings_at(float("inf"), settings, changes)
    if all(getattr(planned, name) == value for name, value in wanted.items()):
        return changes
    before = [change for change in changes if change.step <= step]
    now = settings_at(step, settings, before)
    new = {name: value for name, value in wanted.items() if getattr(now, name) != value}
    return [*before, Change(step, new)] if new else before
