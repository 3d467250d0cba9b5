"""Runs that are planned: put in line one after the other, once their visitor has room there."""

import time
from collections.abc import Sequence
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import Connection, Engine, and_, insert, select

from model_store.database import runs
from model_store.limits import MOST_PLANNED, TooManyRuns
from model_store.records import Run, State
from model_store.run_rows import COLUMNS, IS_PLANNED, run_of, tapped_before
from model_store.visitors import lock_visitor

# Between runs that are made at once, so that they have an order.
MOMENT = 1e-3


class PlannedRuns:
    """Those of the runs that are not in line yet."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, visitor: str, wanted: Sequence[tuple[str, dict[str, Any]]]) -> list[Run]:
        """Plan runs; a double tap plans them once.

        Args:
            visitor: who owns them.
            wanted: what people call each, and its settings as plain JSON.

        Raises:
            TooManyRuns: the visitor would have more planned than they may.
        """
        now = time.time()
        made = [
            Run(
                id=token_urlsafe(12),
                visitor=visitor,
                name=name,
                created_at=now + place * MOMENT,
                state=State.PAUSED,
                settings=settings,
                planned_at=now,
            )
            for place, (name, settings) in enumerate(wanted)
        ]
        with self._engine.begin() as connection:
            lock_visitor(connection, visitor)
            if first := tapped_before(connection, visitor, made):
                return first
            planned = len(_ids_of(connection, visitor))
            if planned + len(made) > MOST_PLANNED:
                raise TooManyRuns(
                    f"You have planned {planned} runs already, and {MOST_PLANNED} is as many as "
                    "each visitor may plan. Wait until some have started, or stop them."
                )
            connection.execute(insert(runs), [vars(run) for run in made])
        return made

    def waiting(self) -> list[Run]:
        """All that are planned, oldest first."""
        planned = select(*COLUMNS).where(IS_PLANNED).order_by(runs.c.created_at)
        with self._engine.connect() as connection:
            return [run_of(row) for row in connection.execute(planned)]

    def ids_of(self, visitor: str) -> set[str]:
        """The ids of those that a visitor has planned."""
        with self._engine.connect() as connection:
            return _ids_of(connection, visitor)


def _ids_of(connection: Connection, visitor: str) -> set[str]:
    mine = and_(runs.c.visitor == visitor, IS_PLANNED)
    return {*connection.execute(select(runs.c.id).where(mine)).scalars()}
