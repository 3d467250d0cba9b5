"""What runs report while they are carried out, written in batches and read from a cursor on."""

import time
from dataclasses import asdict, fields
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, and_, delete, func, insert, select, update

from model_store.database import epochs, points, runs
from model_store.records import Epoch, Points, Requests, StopRequest, StoredProgress

_EPOCH_COLUMNS = [epochs.c[field.name] for field in fields(Epoch)]


class Superseded(RuntimeError):
    """The run belongs to another piece of work now, or is gone; this one must leave it alone."""


class ProgressLog:
    """The points and epochs of every run."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def append(self, run_id: str, ticket: str, new: StoredProgress, **run_values: Any) -> Requests:
        """Add a report, and write the named fields of the run with it.

        A report replaces what was said of the same steps before: one whose answer was lost may
        have been written, and is sent again.

        Args:
            run_id: the run.
            ticket: the piece of work that reports.
            new: what happened since the report before.
            run_values: fields of the run.

        Returns:
            What the run's owner has asked for.

        Raises:
            Superseded: the run was given to another piece of work.
        """
        mine = and_(runs.c.id == run_id, runs.c.ticket == ticket)
        with self._engine.begin() as connection:
            now = {"reported_at": time.time(), **run_values}
            if not connection.execute(update(runs).where(mine).values(**now)).rowcount:
                raise Superseded(f"run {run_id} does not belong to ticket {ticket}")
            if len(new.points):
                _forget_after(connection, points, run_id, int(new.points.steps[0]) - 1)
                connection.execute(insert(points).values(run_id=run_id, **_packed(new.points)))
            for epoch in new.epochs:
                _forget_after(connection, epochs, run_id, epoch.last_step - 1)
                connection.execute(insert(epochs).values(run_id=run_id, **asdict(epoch)))
            asked = select(runs.c.stop_request, runs.c.requested_settings).where(mine)
            stop, settings = connection.execute(asked).one()
            return Requests(StopRequest(stop), settings)

    def since(self, run_id: str, step: int = 0) -> StoredProgress:
        """Everything that was reported of the steps after `step`."""
        with self._engine.connect() as connection:
            parts = [_unpacked(row) for row in connection.execute(_after(points, run_id, step))]
            ended = connection.execute(_after(epochs, run_id, step, _EPOCH_COLUMNS)).all()
        found = Points.joined(parts)
        # A report that came between the two questions is left for the next time as a whole.
        reached = int(found.steps[-1]) if len(found) else step
        return StoredProgress(
            found, [Epoch(**row._mapping) for row in ended if row.last_step <= reached]
        )

    def epochs(self, run_id: str) -> list[Epoch]:
        """Every epoch that the run has finished."""
        with self._engine.connect() as connection:
            rows = connection.execute(_after(epochs, run_id, 0, _EPOCH_COLUMNS)).all()
        return [Epoch(**row._mapping) for row in rows]

    def best_validation(self, visitor: str) -> dict[str, float]:
        """The best validation accuracy that each run of a visitor has reached, by the run's id."""
        best = (
            select(epochs.c.run_id, func.max(epochs.c.validation_accuracy).label("best"))
            .join(runs, runs.c.id == epochs.c.run_id)
            .where(runs.c.visitor == visitor, epochs.c.validation_accuracy.is_not(None))
            .group_by(epochs.c.run_id)
        )
        with self._engine.connect() as connection:
            return {row.run_id: row.best for row in connection.execute(best)}

    def rewind(self, run_id: str, step: int) -> None:
        """Forget what was reported of the steps after `step`, which will be taken again."""
        with self._engine.begin() as connection:
            for table in (points, epochs):
                _forget_after(connection, table, run_id, step)


def _packed(part: Points) -> dict[str, Any]:
    return {
        "last_step": int(part.steps[-1]),
        "steps": part.steps.astype("<i4").tobytes(),
        "series": part.series,
    }


def _unpacked(row: Any) -> Points:
    return Points(np.frombuffer(row.steps, "<i4"), row.series)


def _after(table: Any, run_id: str, step: int, columns: Any = ()) -> Any:
    later = select(*(columns or table.c)).where(table.c.run_id == run_id, table.c.last_step > step)
    return later.order_by(table.c.last_step)


def _forget_after(connection: Connection, table: Any, run_id: str, step: int) -> None:
    connection.execute(delete(table).where(table.c.run_id == run_id, table.c.last_step > step))
