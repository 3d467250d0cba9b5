"""What several seeds of the same settings have reached, and which of two settings is better."""

from collections.abc import Sequence
from typing import Any

from digits.comparison import once_in_words, settings_in_words
from digits.recipes import name_of_repeated, names_beside
from digits.sweep import spread_in_words, told_apart
from model_store.records import Run
from trainer.run_settings import settings_of_weights
from ui.models.repeatable import alike, seed_groups

# What two seeds reached is no range that a third has to lie in.
ENOUGH_SEEDS = 3


def seeds_in_words(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """The runs that differ in their seed alone, and how far their accuracies lie apart."""
    found = []
    groups = seed_groups(runs)
    for group, name in zip(groups, _names_of_all(groups), strict=True):
        reached = _accuracies(group)
        words = f"{name}: {spread_in_words(reached)}" if len(reached) > 1 else ""
        found.append({"runs": [run.id for run in group], "name": name, "words": words})
    return found


def between(runs: Sequence[Run]) -> str:
    """Which of two settings is better over several seeds; empty where that cannot be told."""
    several = _of_several_seeds(runs)
    if len(several) == 2:
        return settings_in_words(_names(*several), *map(_accuracies, several))
    once = [group for group in alike(runs) if len(_accuracies(group)) == 1]
    if len(several) == len(once) == 1 and len(_accuracies(several[0])) >= ENOUGH_SEEDS:
        ((accuracy,), reached) = map(_accuracies, (once[0], several[0]))
        return once_in_words(_names(once[0], several[0]), accuracy, reached)
    return ""


def two_settings(runs: Sequence[Run]) -> list[list[Run]]:
    """The runs of two settings, where there are several seeds of just two; else none."""
    several = _of_several_seeds(runs)
    return several if len(several) == 2 else []


def _of_several_seeds(runs: Sequence[Run]) -> list[list[Run]]:
    return [group for group in alike(runs) if len(_accuracies(group)) > 1]


def _names_of_all(groups: Sequence[Sequence[Run]]) -> Sequence[str]:
    """What runs of the same settings are called beside the others: two as in the verdict."""
    if len(groups) == 2:
        return _names(*groups)
    settings = [settings_of_weights(group[0]).without_seed() for group in groups]
    return told_apart([*map(name_of_repeated, settings)], settings)


def _names(here: Sequence[Run], there: Sequence[Run]) -> tuple[str, str]:
    return names_beside(settings_of_weights(here[0]), settings_of_weights(there[0]))


def _accuracies(runs: Sequence[Run]) -> list[float]:
    return [run.test["accuracy"] for run in runs if run.test]
