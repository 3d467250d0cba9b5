"""Which challenges the visitor's runs solve, and what was published for them, as plain data."""

from collections.abc import Sequence
from typing import Any

from digits.challenges import CHALLENGES, turned_seven
from model_store.records import Run
from server.resources import resources
from ui.models.board import best_of, board_of
from ui.shared.picture import picture_address
from ui.shared.session import visitor_id


def challenges_of(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """Each challenge, the best of the runs that solve it, and its board.

    Args:
        runs: of the visitor.
    """
    published = resources().store.board.of_visitor(visitor_id())
    told = []
    for challenge in CHALLENGES:
        best = best_of(challenge, runs)
        told.append(
            {
                "name": challenge.name,
                "task": challenge.task,
                "hint": challenge.hint,
                "picture": picture_address(turned_seven()) if challenge.digit else None,
                "start": challenge.start.to_full_query(),
                "solution": _solution(best) if best else None,
                "board": board_of(challenge, runs, published.get(challenge.name)),
            }
        )
    return told


def _solution(run: Run) -> dict[str, Any]:
    assert run.test
    return {"run": run.id, "name": run.name, "accuracy": run.test["accuracy"]}
