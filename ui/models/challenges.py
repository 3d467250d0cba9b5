"""Which challenges the visitor's runs have solved, as plain data."""

from collections.abc import Sequence
from typing import Any

from digits.challenges import CHALLENGES, Reached
from model_store.records import Run
from trainer.run_settings import settings_of


def challenges_of(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """Each challenge, and the best of the runs that solve it.

    A network that was taught does not count: it had learned before it began.

    Args:
        runs: of the visitor.
    """
    reached = [
        (run, Reached(settings_of(run), run.step, run.test["accuracy"]))
        for run in runs
        if run.test and not run.fine_tuning
    ]
    told = []
    for challenge in CHALLENGES:
        solved = [(its.accuracy, run) for run, its in reached if challenge.is_solved(its)]
        accuracy, best = max(solved, key=lambda each: each[0], default=(0.0, None))
        told.append(
            {
                "name": challenge.name,
                "task": challenge.task,
                "hint": challenge.hint,
                "start": challenge.start.to_full_query(),
                "solution": best and {"run": best.id, "name": best.name, "accuracy": accuracy},
            }
        )
    return told
