"""When a run that waits, or one that might be put in line, will start: an honest guess."""

import heapq
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from digits.settings import TRAINING_IMAGES, TrainingSettings
from model_store.limits import Limits
from model_store.records import Run

# Seconds to train one weight with one image, if there is no run to judge by: two seconds for the
# notebook's five epochs.
USUAL_PACE = 6e-11
SECONDS_TO_BEGIN_AND_END = 0.5


class Outlook(NamedTuple):
    """What a visitor is told of the queue: runs that start before theirs, and seconds to wait."""

    ahead: int
    seconds: float


def outlook(
    running: Sequence[Run],
    waiting: Sequence[Run],
    places: int,
    limits: Limits,
    visitor: str,
    run_id: str = "",
) -> Outlook:
    """Play the queue through until a run starts.

    Args:
        running: the runs that are being carried out.
        waiting: those that wait, in the order in which they start.
        places: how many can be carried out at once.
        limits: of each visitor.
        visitor: whose run it is.
        run_id: the run; without one, it is one that would be put in line now.
    """
    pace = _pace(running)
    free = [_seconds_left(run, pace) for run in running]
    own: defaultdict[str, list[float]] = defaultdict(list)
    for run, seconds in zip(running, free, strict=True):
        heapq.heappush(own[run.visitor], seconds)
    free += [0.0] * (max(1, places) - len(running))
    heapq.heapify(free)
    for ahead, run in enumerate(waiting):
        start = _start(free, own[run.visitor], limits)
        if run.id == run_id:
            return Outlook(ahead, start)
        end = start + _seconds_left(run, pace)
        heapq.heapreplace(free, end)
        heapq.heappush(own[run.visitor], end)
    return Outlook(len(waiting), _start(free, own[visitor], limits))


def _start(free: list[float], own: list[float], limits: Limits) -> float:
    """When a place is free and the visitor may have one more: after all but some of their own."""
    mine = heapq.nlargest(limits.running, own)
    return max(free[0], mine[-1] if len(mine) == limits.running else 0.0)


def _pace(running: Sequence[Run]) -> float:
    """Seconds for one weight and one image, of the slowest that runs at the moment."""
    paces = [
        1 / (run.steps_per_second * settings.batch_size * settings.parameter_count)
        for run in running
        if run.steps_per_second and (settings := TrainingSettings.model_validate(run.settings))
    ]
    return max(paces, default=USUAL_PACE)


def _seconds_left(run: Run, pace: float) -> float:
    if run.seconds_left is not None and run.is_active and run.step:
        return run.seconds_left + SECONDS_TO_BEGIN_AND_END
    settings = TrainingSettings.model_validate(run.settings)
    examples = settings.split(TRAINING_IMAGES)[0] * settings.epochs
    share = 1 - run.step / run.total_steps if run.total_steps else 1.0
    return examples * share * settings.parameter_count * pace + SECONDS_TO_BEGIN_AND_END
