"""Which runs their settings alone would repeat, and which of those differ in their seed alone."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np

from digits.choices import SCHEDULE_ROWS
from digits.settings import TrainingSettings
from model_store.records import Run, State
from server.resources import resources
from trainer.run_settings import settings_of

# A point is the mean of some steps, and a schedule may jump among them.
NEAR_ENOUGH, FEW = 0.05, 0.1

# Runs by their settings without the seed, and by their seed.
BySettings = dict[TrainingSettings, dict[int, Run]]


def is_repeatable(run: Run) -> bool:
    """Whether a run went its whole way, with nothing but its settings."""
    return run.state == State.FINISHED and not _is_changed(run)


def _is_changed(run: Run) -> bool:
    return bool(run.changes or run.branch or run.fine_tuning)


def kept_to_its_schedule(run: Run) -> bool:
    """Whether the learning rate went as the settings say, from the first step to the last."""
    settings = settings_of(run)
    return settings.schedule == "constant" or _kept_to_it(run.id, run.step, settings)


@lru_cache(maxsize=256)
def _kept_to_it(run_id: str, steps: int, settings: TrainingSettings) -> bool:
    points = resources().store.progress.since(run_id).points
    if not len(points) or "learning_rate" not in points.series:
        return True  # of an earlier version, which did not keep it
    expected = settings.learning_rate * SCHEDULE_ROWS[settings.schedule](points.steps / steps)
    apart = np.abs(points["learning_rate"] - expected)
    return bool(np.mean(apart > NEAR_ENOUGH * settings.learning_rate) < FEW)


def seed_groups(runs: Sequence[Run]) -> list[list[Run]]:
    """The runs that differ in nothing but their seed, where there are two seeds or more.

    One that was stopped, changed, branched, taught or given more epochs past its schedule is none
    of them: what it reached says nothing of the luck of the seed. Nor is the same seed once more.
    """
    return [group for group in alike(runs) if len(group) > 1]


def alike(runs: Sequence[Run]) -> list[list[Run]]:
    """The whole runs by their settings, the first of each seed."""
    whole = (run for run in runs if is_repeatable(run) and kept_to_its_schedule(run))
    return [[*seeds.values()] for seeds in by_settings(whole).values()]


def repeated_among(runs: Sequence[Run]) -> set[str]:
    """The ids of the runs that others repeat from another seed, or are about to."""
    return {run.id for group in repetitions(runs) for run in group}


def repetitions(runs: Sequence[Run]) -> list[list[Run]]:
    """The runs that differ in nothing but their seed, also where they are still to be trained."""
    return [[*seeds.values()] for seeds in seeds_of(runs).values() if len(seeds) > 1]


def seeds_of(runs: Iterable[Run]) -> BySettings:
    """The runs that are or will be whole: by their settings, and by their seed."""
    return by_settings(run for run in runs if not _is_changed(run) and _is_or_will_be_finished(run))


def _is_or_will_be_finished(run: Run) -> bool:
    return run.planned_at is not None or run.is_active or run.state == State.FINISHED


def by_settings(runs: Iterable[Run]) -> BySettings:
    """The first run of each seed."""
    groups: BySettings = {}
    for run in runs:
        settings = settings_of(run)
        seeds = groups.setdefault(settings.without_seed(), {})
        seeds.setdefault(settings.seed, run)
    return groups
