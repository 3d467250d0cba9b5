"""The queue: which of the waiting runs a worker takes next."""

import time
from typing import Any

from sqlalchemy import Engine, and_, func, or_, select, true, update

from model_store.database import runs
from model_store.limits import Limits
from model_store.records import Run, State
from model_store.run_rows import COLUMNS, run_of
from model_store.visitors import lock_visitor


class Queue:
    """The runs that wait, in a fair order: whoever has fewest runs in work comes first."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def claim(self, ticket: str, limits: Limits | None = None) -> Run | None:
        """Take the next run in line for the piece of work called `ticket`.

        A ticket that is worked off again, because its worker died, gets the run it had.

        Args:
            ticket: the piece of work.
            limits: of each visitor, if there are any.

        Returns:
            The run as it was before it was taken; None if nothing waits that may start.
        """
        while True:
            with self._engine.begin() as connection:
                had = and_(runs.c.ticket == ticket, runs.c.state == State.RUNNING)
                row = connection.execute(select(*COLUMNS).where(had)).first()
                row = row or connection.execute(_may_start(limits).limit(1)).first()
                if row is None:
                    return None
                # Two workers that take two runs of one visitor must not do so at the same time.
                lock_visitor(connection, row.visitor)
                waits = and_(runs.c.state == State.QUEUED, _has_room(limits))
                free = or_(waits, runs.c.ticket == ticket)
                taken = connection.execute(
                    update(runs)
                    .where(runs.c.id == row.id, free)
                    .values(
                        state=State.RUNNING,
                        ticket=ticket,
                        started_at=row.started_at or time.time(),
                        reported_at=time.time(),
                        attempts=runs.c.attempts + 1,
                    )
                )
                if taken.rowcount:
                    return run_of(row)

    def waiting(self) -> list[Run]:
        """The runs that wait, in the order in which they will start."""
        with self._engine.connect() as connection:
            return [run_of(row) for row in connection.execute(_in_line())]


def _may_start(limits: Limits | None) -> Any:
    return _in_line().where(_has_room(limits))


def _has_room(limits: Limits | None) -> Any:
    """Whether the visitor of a run has fewer in work than they may."""
    return true() if limits is None else _in_work() < limits.running


def _in_work() -> Any:
    """How many runs of the same visitor are being carried out."""
    other = runs.alias()
    return (
        select(func.count())
        .where(other.c.visitor == runs.c.visitor, other.c.state == State.RUNNING)
        .correlate(runs)
        .scalar_subquery()
    )


def _in_line() -> Any:
    """Select waiting runs in the order in which they will start: round robin over visitors."""
    other = runs.alias()
    ahead = (
        select(func.count())
        .where(
            other.c.visitor == runs.c.visitor,
            other.c.state == State.QUEUED,
            other.c.created_at < runs.c.created_at,
        )
        .scalar_subquery()
    )
    waiting = select(*COLUMNS).where(runs.c.state == State.QUEUED)
    return waiting.order_by(_in_work() + ahead, runs.c.created_at)
