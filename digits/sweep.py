"""Several runs that differ in one or two settings, or in their seed alone."""

import math
from collections.abc import Collection, Mapping, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from pydantic import ValidationError

from digits.comparison import mean_in_points
from digits.recipes import name_of_repeated
from digits.settings import FIELDS_BY_ALIAS, ROWS, TrainingSettings, problems
from digits.words import counted, percent

MOST_RUNS = 16
MOST_SETTINGS = 2
SEEDS = 5
LARGEST_SEED = 2**31 - 1
AT_ONCE = "Some runs differ in both settings at once: which of them mattered cannot be told."
# The settings that can be varied, by their name in an address.
VARIED = {
    alias: TrainingSettings.model_fields[name].title or name
    for alias, name in FIELDS_BY_ALIAS.items()
    if name != "seed"
}


class Refused(ValueError):
    """What was asked for cannot be run; the message is a sentence for visitors."""


class Planned(NamedTuple):
    """A run that is wanted: what people call it, and its settings."""

    name: str
    settings: TrainingSettings


def other_seeds(settings: TrainingSettings, there: Collection[int]) -> list[Planned]:
    """The same run from its seed and those that follow, until there are five.

    Args:
        settings: of the run.
        there: seeds that it was trained from to the end, or is about to be.
    """
    known = set(there)
    following = ((settings.seed + step) % LARGEST_SEED for step in range(SEEDS + len(known)))
    seeds = [seed for seed in following if seed not in known][: max(0, SEEDS - len(known))]
    name = name_of_repeated(settings)
    return [
        Planned(f"{name}, seed {seed}", settings.model_copy(update={"seed": seed}))
        for seed in seeds
    ]


def grid(base: TrainingSettings, axes: Mapping[str, str]) -> list[Planned]:
    """Every combination of values.

    Args:
        base: what all other settings are.
        axes: values with commas between, such as `0.001, 0.01`, by the name that the setting has
            in an address.

    Raises:
        Refused: there are too many or too few, or a value is none.
    """
    if not 1 <= len(axes) <= MOST_SETTINGS:
        raise Refused(f"One or two settings can be varied at once, not {len(axes)}.")
    values = {name: _values(name, text) for name, text in axes.items()}
    count = math.prod(map(len, values.values()))
    if not 2 <= count <= MOST_RUNS:
        raise Refused(
            f"These are {counted(count, 'run')}; there can be 2 to {MOST_RUNS}: "
            "name other values, with commas between."
        )
    return [
        _planned(base, dict(zip(values, each, strict=True))) for each in product(*values.values())
    ]


def _values(name: str, text: str) -> list[str]:
    if name not in VARIED:
        raise Refused(f"“{name[:40]}” is no setting that can be varied.")
    return [*dict.fromkeys(each.strip() for each in text.split(",") if each.strip())][:1000]


def _planned(base: TrainingSettings, values: Mapping[str, str]) -> Planned:
    try:
        settings, refused = TrainingSettings.from_query({**base.to_full_query(), **values})
    except ValidationError as error:
        refused = problems(error)
    if refused:
        raise Refused(refused[0])
    names = [FIELDS_BY_ALIAS[alias] for alias in values]
    return Planned(" · ".join(ROWS[n].said(getattr(settings, n)) for n in names), settings)


class Axis(NamedTuple):
    """A setting along which runs differ: its title, and its values as they are said."""

    title: str
    values: list[str]


class Grid(NamedTuple):
    """Runs in a row or a grid.

    Attributes:
        axes: one or two.
        places: of each run, the place of its value on each axis.
    """

    axes: list[Axis]
    places: list[list[int]]


def as_grid(settings: Sequence[TrainingSettings]) -> Grid | None:
    """Runs as a grid; None if they are fewer than three or differ in more than two settings."""
    found = {name: [getattr(each, name) for each in settings] for name in ROWS if name != "seed"}
    differing = {name: values for name, values in found.items() if len(set(values)) > 1}
    if len(settings) < 3 or not 1 <= len(differing) <= MOST_SETTINGS:
        return None
    axes, places = [], []
    for name, values in differing.items():
        order = sorted(set(values))
        title = TrainingSettings.model_fields[name].title or name
        axes.append(Axis(title, [ROWS[name].said(value) for value in order]))
        places.append([order.index(value) for value in values])
    return Grid(axes, [list(place) for place in zip(*places, strict=True)])


def what_mattered(found: Grid, accuracies: Sequence[float | None]) -> str:
    """Which setting made how much of a difference, on average over the other; empty at first.

    Not where some pairs of values are missing: what changed together cannot be told apart.
    """
    pairs = math.prod(len(axis.values) for axis in found.axes)
    if len(set(map(tuple, found.places))) < pairs:
        return AT_ONCE if len(accuracies) - accuracies.count(None) > 1 else ""
    said = []
    for number, axis in enumerate(found.axes):
        means = {}
        for place, value in enumerate(axis.values):
            its = [
                accuracy
                for at, accuracy in zip(found.places, accuracies, strict=True)
                if at[number] == place and accuracy is not None
            ]
            if its:
                means[value] = float(np.mean(its))
        if len(means) > 1:
            best, worst = max(means, key=means.__getitem__), min(means, key=means.__getitem__)
            words = f"{percent(means[best])} with {best}, {percent(means[worst])} with {worst}"
            said.append((means[best] - means[worst], axis.title, words))
    said.sort(key=lambda each: -each[0])
    if not said:
        return ""
    sentences = " ".join(f"{title}: {words}." for _, title, words in said)
    return sentences if len(said) == 1 else f"{said[0][1]} mattered more. {sentences}"


def spread_in_words(accuracies: Sequence[float]) -> str:
    """The mean of the same run with several seeds, and how far they lie apart."""
    mean, low, high = mean_in_points(accuracies), min(accuracies), max(accuracies)
    deviation = float(np.std(accuracies, ddof=1))
    return (
        f"mean of {counted(len(accuracies), 'seed')} {mean:.2f}%, from {percent(low)} to "
        f"{percent(high)} (standard deviation {100 * deviation:.2f} points)"
    )


def told_apart(names: Sequence[str], settings: Sequence[TrainingSettings]) -> list[str]:
    """The names of runs, each with what those of the same name have otherwise, or a number."""
    found: list[str] = []
    for name, its in zip(names, settings, strict=True):
        alike = [s for other, s in zip(names, settings, strict=True) if other == name]
        fields = [f for f in ROWS if len({getattr(each, f) for each in alike}) > 1]
        said = ", ".join([name, *(ROWS[field].said(getattr(its, field)) for field in fields)])
        again = found.count(said)
        found.append(said)
        if again:
            found[-1] = f"{said} ({again + 1})"
    return found
