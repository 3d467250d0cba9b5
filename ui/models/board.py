"""The board under each challenge: what visitors have published, and what this one may publish."""

import logging
import time
from collections.abc import Sequence
from typing import Any

import streamlit as st

from config.logs import about
from digits.challenges import Challenge, Reached, challenge_named
from digits.settings import TrainingSettings
from digits.settings_in_words import described
from model_store.records import BoardEntry, Run
from server.resources import resources
from ui.models.pseudonyms import names_offered
from ui.models.repeatable import is_repeatable, kept_to_its_schedule
from ui.shared.session import visitor_id
from ui.shared.solved_challenges import reached_by
from ui.shared.throttle import Action, allow

SHOWN = 10

logger = logging.getLogger(__name__)


def board_of(challenge: Challenge, runs: Sequence[Run], own: BoardEntry | None) -> dict[str, Any]:
    """The best entries of a challenge, and which run of the visitor would be a better one.

    Args:
        challenge: whose entries.
        runs: of the visitor.
        own: what the visitor has published for it.
    """
    visitor = visitor_id()
    entries = resources().store.board.best(challenge.name, SHOWN)
    candidate = best_of(challenge, [run for run in runs if is_repeatable(run)])
    is_better = candidate and (own is None or _accuracy(candidate) > own.accuracy)
    return {
        "entries": [told for entry in entries if (told := _told(challenge, entry, visitor))],
        "own": own and own.accuracy,
        "candidate": candidate.id if candidate and is_better else None,
        "names": [own.name] if own else names_offered(visitor),
    }


def best_of(challenge: Challenge, runs: Sequence[Run]) -> Run | None:
    """The best of those runs that solve a challenge."""
    solved = [run for run in runs if (its := reached_by(run)) and challenge.is_solved(its)]
    return max(solved, key=_accuracy, default=None)


def publish(run: Run, challenge_name: str, name: str) -> None:
    """Put what a run of the visitor has reached on the board, if it solves the challenge.

    Args:
        run: the visitor's own.
        challenge_name: which challenge; nobody knows whether there is one of that name.
        name: to be shown; one of those that were offered, or nothing happens.
    """
    visitor = visitor_id()
    challenge = challenge_named(challenge_name)
    if challenge is None or name not in names_offered(visitor):
        return
    if not is_repeatable(run) or best_of(challenge, [run]) is None:
        st.warning("Only a finished run that solves the challenge can be published.")
        return
    if not allow(Action.PUBLISH, visitor):
        return
    if not kept_to_its_schedule(run):
        st.warning(
            "This run got more epochs after its schedule had ended, so its settings alone do not "
            "repeat it. Train them anew, and publish that run."
        )
        return
    entry = BoardEntry(
        challenge.name, visitor, name, run.settings, run.step, _accuracy(run), time.time()
    )
    if resources().store.board.publish(entry):
        logger.info("result published", extra={"challenge": challenge.name, **about(run)})
    else:
        st.warning("The board is full of better results, or has a better one of yours.")


def withdraw(challenge_name: str) -> None:
    """Take the visitor's own entry off the board."""
    resources().store.board.withdraw(challenge_name, visitor_id())


def _accuracy(run: Run) -> float:
    assert run.test
    return float(run.test["accuracy"])


def _told(challenge: Challenge, entry: BoardEntry, visitor: str) -> dict[str, Any] | None:
    """An entry as plain data; None if it solves the challenge no more, as that has changed."""
    settings = TrainingSettings.stored(entry.settings)
    # What it reads was looked at when it was published.
    if not challenge.is_solved(Reached(settings, entry.steps, entry.accuracy, challenge.digit)):
        return None
    return {
        "name": entry.name,
        "accuracy": entry.accuracy,
        "settings": described(settings),
        "query": settings.to_full_query(),
        "own": entry.visitor == visitor,
    }
