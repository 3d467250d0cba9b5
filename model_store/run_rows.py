"""Rows of the table of runs as records, and which of them are meant."""

import time
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select

from model_store.database import runs
from model_store.records import ACTIVE, Run, State, StopRequest

COLUMNS = [runs.c[field.name] for field in fields(Run)]
IS_THERE = runs.c.deleted_at.is_(None)
IS_PLANNED = and_(runs.c.planned_at.is_not(None), runs.c.state == State.PAUSED, IS_THERE)
# What makes two runs the same.
_ASKED = ("settings", "drawing", "branch", "changes", "fine_tuning")
# Two taps come a tenth of a second apart; a busy server may take longer to get to the second.
SECONDS_OF_TWO_TAPS = 5.0


def run_of(row: Row[Any]) -> Run:
    """A row of the table as a run."""
    values = dict(row._mapping)
    values["state"] = State(values["state"])
    values["stop_request"] = StopRequest(values["stop_request"])
    return Run(**values)


def tapped_before(connection: Connection, visitor: str, wanted: Sequence[Run]) -> list[Run]:
    """The same runs, if the visitor has asked for them a moment ago: a double tap is one wish.

    Args:
        connection: on which the visitor is locked.
        visitor: who wants them.
        wanted: as they would be made now.

    Returns:
        What the first tap has made, as far as it has not ended; nothing unless it is all of them.
    """
    unfinished = or_(runs.c.state.in_(ACTIVE), IS_PLANNED)
    since = time.time() - SECONDS_OF_TWO_TAPS
    recent = and_(runs.c.visitor == visitor, runs.c.created_at > since, unfinished)
    rows = connection.execute(select(*COLUMNS).where(recent).order_by(runs.c.created_at))
    left, found = [run_of(row) for row in rows], []
    for run in wanted:
        same = next((each for each in left if _asked(each) == _asked(run)), None)
        if same is None:
            return []
        left.remove(same)
        found.append(same)
    return found


def _asked(run: Run) -> list[Any]:
    return [getattr(run, name) for name in _ASKED]
