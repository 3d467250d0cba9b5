"""Which steps make up which epoch of a run: its batch size may be another one in each."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digits.changes import IN_FLIGHT, Change, settings_at
from digits.settings import TRAINING_IMAGES, TrainingSettings


class Course:
    """The steps of a run, epoch by epoch.

    An epoch goes through all images once, in batches of the size that holds at its first step.

    Args:
        settings: those that the run began with.
        changes: of the whole run, in their order.
        images: that are learned from; without a number, those of MNIST.

    Attributes:
        starts: how many steps were taken before each epoch, and at last before the run's end.
        sizes: of the batches, by epoch.
        images: that are learned from.
    """

    def __init__(
        self, settings: TrainingSettings, changes: Iterable[Change], images: int | None = None
    ) -> None:
        images = settings.split(TRAINING_IMAGES)[0] if images is None else images
        self.images = images
        self._settings, self._changes = settings, [*changes]
        found = [each for each in self._changes if "batch_size" in each.values]
        self.starts = [0]
        self.sizes: list[int] = []
        for _ in range(int(settings.epochs)):  # of old records nobody knows the kind
            first = self.starts[-1]
            sizes = [each.values["batch_size"] for each in found if each.step <= first]
            self.sizes.append(sizes[-1] if sizes else settings.batch_size)
            self.starts.append(first + max(1, -(-images // self.sizes[-1])))

    @property
    def last_step(self) -> int:
        """How many steps there are in all."""
        return self.starts[-1]

    @property
    def is_even(self) -> bool:
        """Whether the batches are as large in each epoch."""
        return len(set(self.sizes)) == 1

    @property
    def batches(self) -> list[float]:
        """Batches in each epoch, the last one as the fraction that it is."""
        return [self.images / size for size in self.sizes]

    def settings_at(self, step: int) -> TrainingSettings:
        """The settings of the step that follows `step` others.

        Batches of an epoch are all as large, so that each image is in one of them.
        """
        now = settings_at(step, self._settings, self._changes)
        size = self.sizes[self.place(step)[0]]
        return now if now.batch_size == size else now.model_copy(update={"batch_size": size})

    def place(self, step: int) -> tuple[int, int]:
        """The epoch, from 0 on, that follows `step` steps, and how many of them it has taken."""
        epoch = min(bisect_right(self.starts, step), len(self.sizes)) - 1
        return epoch, step - self.starts[epoch]

    def steps_of(self, epoch: int) -> int:
        """How many steps an epoch has."""
        return self.starts[epoch + 1] - self.starts[epoch]

    def end_of_epoch(self, step: int) -> int:
        """How many steps there are to the end of the epoch that follows `step` others."""
        return self.starts[self.place(step)[0] + 1]

    def shares_done(self, step: int, count: int) -> NDArray[np.float64]:
        """Which share of all epochs lies before each of the `count` steps that follow `step`."""
        epoch, position = self.place(step)
        steps = self.steps_of(epoch)  # of each epoch, where all batches are as large
        return np.asarray((epoch * steps + position + np.arange(count)) / (len(self.sizes) * steps))

    def batches_of(self, epoch: int, examples: NDArray[np.int32], seed: int) -> NDArray[np.int32]:
        """Example numbers [steps, batch] of an epoch in random order; -1 fills the last batch."""
        steps, size = self.steps_of(epoch), self.sizes[epoch]
        order = np.random.default_rng((seed, epoch)).permutation(len(examples))
        missing = steps * size - len(examples)
        filled = np.pad(examples[order], (0, missing), constant_values=-1)
        return filled.reshape(steps, size)

    def epochs_at(self, steps: int | Sequence[int] | NDArray[np.integer]) -> NDArray[np.float64]:
        """How many epochs so many steps are."""
        ends = np.arange(len(self.starts), dtype=float)
        return np.asarray(np.interp(np.asarray(steps), self.starts, ends))


def with_change(
    step: int,
    wanted: dict[str, Any],
    settings: TrainingSettings,
    changes: list[Change],
    images: int | None = None,
) -> list[Change]:
    """The changes of a run with what its owner wants from `step` on, each from where it can hold.

    A batch size holds from the next epoch on, all else at once. A run that was put back to an
    earlier step goes through the changes that it had, each at its step, unless something else is
    wanted meanwhile. What a branch is to do at its step, and what cannot be wanted in flight, it
    does in any case.

    Args:
        step: how many steps were taken.
        wanted: values by the names of the settings.
        settings: those that the run began with.
        changes: of the whole run, in their order.
        images: that are learned from; without a number, those of MNIST.
    """
    planned = settings_at(float("inf"), settings, changes)
    if all(getattr(planned, name) == value for name, value in wanted.items()):
        return changes
    made = [change for change in changes if change.step <= step]
    course = Course(settings, made, images)
    next_epoch = step if step in course.starts else course.end_of_epoch(step)
    size = {name: value for name, value in wanted.items() if name == "batch_size"}
    at_once = {name: value for name, value in wanted.items() if name != "batch_size"}
    kept = [held for each in changes if each.step > step and (held := _held(each))]
    new = [Change(step, _news(at_once, settings_at(step, settings, made)))]
    if next_epoch < course.last_step:
        new.append(Change(next_epoch, _news(size, settings_at(next_epoch, settings, made))))
    new = [change for change in new if change.values]
    return [*made, *sorted([*new, *kept], key=lambda change: change.step)]


def _news(wanted: dict[str, Any], now: TrainingSettings) -> dict[str, Any]:
    return {name: value for name, value in wanted.items() if getattr(now, name) != value}


def _held(change: Change) -> Change | None:
    """What of a later change stays although its run's owner wants something else from now on."""
    values = {name: value for name, value in change.values.items() if name not in IN_FLIGHT}
    return Change(change.step, values) if values else None
