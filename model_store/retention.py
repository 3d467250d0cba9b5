"""What is forgotten, and when: runs, corrections and visitors that nobody has come back to."""

import logging
import time
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Engine, and_, delete, func, or_, select

from model_store.artifacts import Artifacts
from model_store.database import corrections, runs, visitors
from model_store.limits import Retention
from model_store.records import ACTIVE, State

# A run at which somebody may still be looking is left alone.
SECONDS_IN_USE = 3600.0
# Files are saved before a record names them. A day also leaves time to notice a wrong database.
SECONDS_WITHOUT_A_NAME = 86_400.0
# Clocks are set right in small steps; whatever is more is an accident, or a machine that slept.
SECONDS_A_CLOCK_MAY_JUMP = 600.0
# So many at most in one go: the others wait until the next, and no wrong clock forgets everything.
MOST_AT_ONCE = 500

logger = logging.getLogger(__name__)


class Forgotten(NamedTuple):
    """How much one round of housekeeping has deleted."""

    runs: int
    files: int
    corrections: int
    visitors: int


class Housekeeping:
    """Forgets what is too old or too much. Several processes may do so at once."""

    def __init__(self, engine: Engine, artifacts: Artifacts) -> None:
        self._engine = engine
        self._artifacts = artifacts
        self._clocks_apart = time.time() - time.monotonic()

    def prune(self, retention: Retention) -> Forgotten:
        """Forget what is too old or too much, but nothing that is in use.

        Active runs are never forgotten, nor what an active run is taught from, nor what belongs to
        no visitor. A round that is broken off in the middle is completed by the next. After a jump
        of the clock one round is left out, so that the clock can be set right.
        """
        if self._clock_has_jumped():
            logger.warning("the clock has jumped: nothing is forgotten this time")
            return Forgotten(0, 0, 0, 0)
        now = time.time()
        oldest = now - retention.days * 86_400
        files = self._artifacts.sizes()
        deleted = self._delete_unnamed(files, now)
        doomed = self._too_old_or_too_many(retention, oldest, now)
        doomed += self._too_large(retention.total_bytes, files, doomed, now)
        forgotten = sum(self._forget(run_id, now) for run_id in doomed[:MOST_AT_ONCE])
        with self._engine.begin() as connection:
            old_corrections = delete(corrections).where(corrections.c.created_at < oldest)
            old_visitors = delete(visitors).where(visitors.c.seen_at < oldest)
            return Forgotten(
                forgotten,
                deleted,
                connection.execute(old_corrections).rowcount,
                connection.execute(old_visitors).rowcount,
            )

    def _clock_has_jumped(self) -> bool:
        before, self._clocks_apart = self._clocks_apart, time.time() - time.monotonic()
        return abs(self._clocks_apart - before) > SECONDS_A_CLOCK_MAY_JUMP

    def _too_old_or_too_many(self, retention: Retention, oldest: float, now: float) -> list[str]:
        newest_first = func.row_number().over(
            partition_by=runs.c.visitor, order_by=runs.c.created_at.desc()
        )
        numbered = select(runs.c.id, newest_first.label("number")).subquery()
        beyond = select(numbered.c.id).where(numbered.c.number > retention.runs_per_visitor)
        # Whatever was last touched so long ago was made before that, and by that there is an index.
        old = and_(runs.c.created_at < oldest, _touched_at() < oldest)
        doomed = select(runs.c.id).where(_is_free(now), or_(old, runs.c.id.in_(beyond)))
        with self._engine.connect() as connection:
            return list(connection.execute(doomed.order_by(_touched_at())).scalars())

    def _too_large(
        self, total_bytes: int, files: dict[str, dict[str, int]], doomed: list[str], now: float
    ) -> list[str]:
        """Whose files are to go as well, so that all together are no larger than they may be."""
        sizes = {run_id: sum(its.values()) for run_id, its in files.items() if run_id not in doomed}
        excess = sum(sizes.values()) - total_bytes
        found: list[str] = []
        if excess <= 0:
            return found
        longest_untouched = select(runs.c.id).where(_is_free(now)).order_by(_touched_at())
        with self._engine.connect() as connection:
            for run_id in connection.execute(longest_untouched).scalars():
                if excess > 0 and sizes.get(run_id):
                    excess -= sizes[run_id]
                    found.append(run_id)
        return found

    def _forget(self, run_id: str, now: float) -> bool:
        """Forget a run, unless somebody has taken it up again since it was looked for."""
        with self._engine.begin() as connection:
            gone = delete(runs).where(runs.c.id == run_id, _is_free(now))
            if not connection.execute(gone).rowcount:
                return False
        # If this process ends here, another round finds the files: no record names them any more.
        self._artifacts.delete(run_id)
        logger.info("run %s was forgotten", run_id)
        return True

    def _delete_unnamed(self, files: dict[str, dict[str, int]], now: float) -> int:
        """Delete files that no record names: of runs that are gone, or that broke off."""
        unnamed = {run_id: set(its) for run_id, its in files.items()}
        with self._engine.connect() as connection:
            for run in connection.execute(select(runs.c.id, runs.c.artifacts)):
                unnamed.get(run.id, set()).difference_update(run.artifacts.values())
        until = datetime.fromtimestamp(now - SECONDS_WITHOUT_A_NAME, UTC)
        deleted = 0
        for run_id, references in unnamed.items():
            for reference in references:
                if self._artifacts.delete_older(run_id, reference, until):
                    del files[run_id][reference]
                    deleted += 1
        return deleted


def _touched_at() -> ColumnElement[Any]:
    return func.coalesce(runs.c.reported_at, runs.c.created_at)


def _is_free(now: float) -> ColumnElement[bool]:
    """Whether nobody needs a run at the moment."""
    other = runs.alias()
    taught_from = select(other.c.taught["from"].as_string()).where(
        other.c.state.in_(ACTIVE), other.c.taught.is_not(None)
    )
    return and_(
        runs.c.visitor != "",
        runs.c.state.in_([state for state in State if state not in ACTIVE]),
        _touched_at() < now - SECONDS_IN_USE,
        runs.c.id.not_in(taught_from),
    )
