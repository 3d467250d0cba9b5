"""When a run that waits, or one that might be put in line, will start: an honest guess."""

import heapq
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from pydantic import ValidationError

from digits.changes import settings_at
from digits.settings import TrainingSettings
from model_store.limits import Limits
from model_store.records import Run, State
from trainer.duration_estimate import (
    OF_THE_AVERAGE,
    SECONDS_TO_TRUST,
    SLOWER_BESIDE_OTHERS,
    DurationEstimator,
    seconds_to_last_step,
)
from trainer.run_settings import changes_of, course_of, settings_of


class QueueEstimate(NamedTuple):
    """What a visitor is told of the queue.

    Attributes:
        ahead: runs that start before theirs.
        seconds: to wait; None while nobody can know.
    """

    ahead: int
    seconds: float | None


def estimate_wait(
    running: Sequence[Run],
    waiting: Sequence[Run],
    slots: int,
    limits: Limits,
    visitor: str,
    seconds_left: Callable[[Run], float | None],
    run_id: str = "",
) -> QueueEstimate:
    """Play the queue through until a run starts.

    Args:
        running: the runs that are being carried out.
        waiting: those that wait, in the order in which they start.
        slots: how many can be carried out at once.
        limits: of each visitor.
        visitor: whose run it is.
        seconds_left: of a run, from now or from its start, if it is alone.
        run_id: the run; without one, it is one that would be put in line now.
    """
    known = {run.id: seconds_left(run) for run in [*running, *waiting]}
    if None in known.values():
        ids = [run.id for run in waiting]
        ahead = ids.index(run_id) if run_id in ids else len(ids)
        has_room = len(running) + ahead < slots
        return QueueEstimate(ahead, 0.0 if has_room and not ahead else None)
    left = {name: seconds or 0.0 for name, seconds in known.items()}
    # All places are taken while runs wait, and those that run already are as slow as they will be.
    slower = SLOWER_BESIDE_OTHERS if slots > 1 else 1.0
    free = [left[run.id] for run in running]
    own: defaultdict[str, list[float]] = defaultdict(list)
    for run, seconds in zip(running, free, strict=True):
        heapq.heappush(own[run.visitor], seconds)
    free += [0.0] * (max(1, slots) - len(running))
    heapq.heapify(free)
    for ahead, run in enumerate(waiting):
        start = _start(free, own[run.visitor], limits)
        if run.id == run_id:
            return QueueEstimate(ahead, start)
        end = start + left[run.id] * slower
        heapq.heapreplace(free, end)
        heapq.heappush(own[run.visitor], end)
    return QueueEstimate(len(waiting), _start(free, own[visitor], limits))


def _start(free: list[float], own: list[float], limits: Limits) -> float:
    """When a place is free and the visitor may have one more: after all but some of their own."""
    mine = heapq.nlargest(limits.running, own)
    return max(free[0], mine[-1] if len(mine) == limits.running else 0.0)


def seconds_left(run: Run, estimator: DurationEstimator) -> float | None:
    """How long an active run takes from now or from its start; None while nobody can know."""
    if run.fine_tuning:
        return estimator.teaching(settings_of(run))
    try:
        settings = TrainingSettings.model_validate(run.settings)
    except ValidationError:
        return 0.0  # it cannot be carried out, and ends in a sentence as soon as it starts
    if not course_of(run).is_even:
        return _seconds_left_uneven(run, settings, estimator)
    settings = settings_at(float("inf"), settings, changes_of(run))
    if run.state != State.RUNNING or not run.step:
        share = 1 - run.step / run.total_steps if run.step else 1.0
        return estimator.seconds(settings, share)
    expected = estimator.training(settings, 1 - run.step / run.total_steps)
    left = seconds_to_last_step(run, expected)
    return None if left is None else left + estimator.evaluation(settings)


def _seconds_left_uneven(
    run: Run, settings: TrainingSettings, estimator: DurationEstimator
) -> float | None:
    """As `seconds_left`, where epochs differ in their batches, and so in what a step takes."""
    course = course_of(run)
    parts = [
        course.settings_at(start).model_copy(update={"epochs": 1}) for start in course.starts[:-1]
    ]
    expected = [estimator.training(each) for each in parts]
    seconds = np.array([each or 0.0 for each in expected])
    if None in expected or not seconds.all():
        return None
    done = np.clip(course.epochs_at(run.step) - np.arange(len(parts)), 0, 1)
    left = float(seconds @ (1 - done))
    if run.state != State.RUNNING or not run.step or not run.steps_per_second:
        beginning = estimator.seconds(settings, 0.0) or 0.0
        return left + beginning
    epoch = course.place(run.step - 1)[0]
    now = course.steps_of(epoch) / run.steps_per_second / seconds[epoch]  # times as slow
    average = run.elapsed / float(seconds @ done)
    seen = OF_THE_AVERAGE * average + (1 - OF_THE_AVERAGE) * now
    trust = min(1.0, run.elapsed / SECONDS_TO_TRUST)
    return float(left * (trust * seen + 1 - trust) + estimator.evaluation(parts[-1]))


def cheapest_first(planned: Sequence[Run], estimator: DurationEstimator) -> list[Run]:
    """Planned runs in the order in which they go in line: nobody waits half an hour for a minute.

    Args:
        planned: oldest first, which stays so among those that cost the same.
        estimator: knows their seconds; until it does, multiplications count.
    """

    def cost(run: Run) -> tuple[float, int]:
        settings = settings_of(run)
        images = settings.epochs * settings.steps_per_mnist_epoch * settings.batch_size
        return estimator.seconds(settings) or 0.0, images * settings.parameter_count

    return sorted(planned, key=cost)
