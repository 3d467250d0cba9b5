"""Which challenges a run solves, as its record says."""

from collections.abc import Iterable

from digits.challenges import CHALLENGES, TURNED_SEVEN, Challenge, Reached
from model_store.records import Run
from trainer.run_settings import settings_of


def reached_by(run: Run) -> Reached | None:
    """What a run has reached; None if it does not count.

    A network that was taught does not: it had learned before it began. Nor does one whose batch
    size was changed: its work is not that of its settings.
    """
    is_uneven = any("batch_size" in change for change in run.changes)
    if not run.test or run.fine_tuning or is_uneven:
        return None
    reads = run.test.get(TURNED_SEVEN)  # runs of an earlier version were not asked
    digit = None if reads is None else int(reads)
    return Reached(settings_of(run), run.step, run.test["accuracy"], digit)


def solved_by(run: Run) -> list[Challenge]:
    """The challenges that a run solves."""
    reached = reached_by(run)
    return [each for each in CHALLENGES if reached and each.is_solved(reached)]


def next_unsolved(runs: Iterable[Run]) -> Challenge | None:
    """The first challenge that none of these runs solves."""
    solved = {each.name for run in runs for each in solved_by(run)}
    return next((each for each in CHALLENGES if each.name not in solved), None)
