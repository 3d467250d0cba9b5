"""What is forgotten, and when: runs, drawings and visitors that nobody has come back to."""

import logging
import time
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Engine, and_, delete, func, or_, select

from model_store.artifacts import Artifacts, Files
from model_store.database import board, corrections, own_digits, runs, unnamed_files, visitors
from model_store.identity import are_too_many, disagreement, unnamed
from model_store.limits import Retention
from model_store.records import ACTIVE, State
from model_store.visitors import insert_of

# A run of the last hour is left alone: somebody may still be looking at it.
SECONDS_IN_USE = 3600.0
# So long at least whoever has deleted a run can bring it back.
SECONDS_TO_BRING_BACK = 600.0
# Files are saved before a record names them. A day also leaves time to notice a wrong database; so
# long they have to be seen without a name, however old they are.
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
    own_digits: int
    visitors: int
    published: int


NOTHING = Forgotten(0, 0, 0, 0, 0, 0)
FileName = tuple[str, str]  # run and reference


class Housekeeping:
    """Forgets what is too old or too much. Several processes may do so at once.

    Attributes:
        stopped: why files are not deleted at the moment, in a sentence for operators; or empty.
    """

    def __init__(self, engine: Engine, artifacts: Artifacts) -> None:
        self._engine = engine
        self._artifacts = artifacts
        self._clocks_apart = time.time() - time.monotonic()
        self.stopped = ""

    def prune(self, retention: Retention) -> Forgotten:
        """Forget what is too old or too much, but nothing that is in use.

        Active runs are never forgotten, nor what an active run is fine-tuned from, nor what belongs
        to no visitor; and nothing at all while database and files do not belong together. A round
        that is broken off in the middle is completed by the next. After a jump of the clock one
        round is left out, so that the clock can be set right.
        """
        if self._clock_has_jumped():
            logger.warning("the clock has jumped: nothing is forgotten this time")
            return NOTHING
        if not self.check():
            return NOTHING
        now = time.time()
        oldest = now - retention.days * 86_400
        files = self._artifacts.sizes()
        deleted = self._delete_unnamed(files, now)
        doomed = self._too_old_or_too_many(retention, oldest, now)
        doomed += self._too_large(retention.total_bytes, files, doomed, now)
        forgotten = sum(self._forget(run_id, now) for run_id in doomed[:MOST_AT_ONCE])
        with self._engine.begin() as connection:
            old_corrections, old_digits = (
                delete(table).where(table.c.created_at < oldest)
                for table in (corrections, own_digits)
            )
            old_visitors = delete(visitors).where(visitors.c.seen_at < oldest)
            old_entries = delete(board).where(board.c.published_at < oldest)
            done = Forgotten(
                forgotten,
                deleted,
                connection.execute(old_corrections).rowcount,
                connection.execute(old_digits).rowcount,
                connection.execute(old_visitors).rowcount,
                connection.execute(old_entries).rowcount,
            )
        logger.debug("housekeeping is done", extra=done._asdict())
        return done

    def check(self) -> bool:
        """Whether files and database belong together, as far as can be told now; say so if not."""
        self.stopped = ""
        trouble = disagreement(self._engine, self._artifacts)
        if trouble:
            self._stop(
                "The files are not known to be this database's, so nothing is forgotten or "
                "deleted; the log says more.",
                trouble,
            )
        return not trouble

    def _stop(self, in_short: str, why: str) -> None:
        self.stopped = in_short
        logger.error("housekeeping has stopped", extra={"reason": why})

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
        deleted = runs.c.deleted_at < now - SECONDS_TO_BRING_BACK
        unwanted = or_(old, deleted, runs.c.id.in_(beyond))
        doomed = select(runs.c.id).where(_is_free(now), unwanted)
        with self._engine.connect() as connection:
            return list(connection.execute(doomed.order_by(_touched_at())).scalars())

    def _too_large(
        self, total_bytes: int, files: Files, doomed: list[str], now: float
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

    def _delete_unnamed(self, files: Files, now: float) -> int:
        """Delete files that no record names: of runs that are gone, or that broke off.

        A file may be new, and be named in a moment, or come from a backup and be named once its
        database is back: what counts is for how long it was seen here without a name.
        """
        with self._engine.connect() as connection:
            without_name = unnamed(connection, files)
        since = self._note_unnamed(without_name, now)
        doomed = [each for each in without_name if since[each] < now - SECONDS_WITHOUT_A_NAME]
        if are_too_many(len(doomed), files):
            self._stop(
                "So many files have no record that none of them is deleted; the log says more.",
                f"{len(doomed)} of {sum(map(len, files.values()))} files have had no record for a "
                "day. None of them is deleted: these are too many to be the remains of accidents. "
                "Is this the database that belongs to them? The table unnamed_files lists them.",
            )
            return 0
        until = datetime.fromtimestamp(now - SECONDS_WITHOUT_A_NAME, UTC)
        deleted = 0
        for run_id, reference in doomed:
            if self._artifacts.delete_older(run_id, reference, until):
                del files[run_id][reference]
                deleted += 1
        return deleted

    def _note_unnamed(self, without_name: set[FileName], now: float) -> dict[FileName, float]:
        """Keep in mind which files have no name; returns since when each was seen so."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(unnamed_files)).all()
        seen = {(row.run_id, row.reference): min(row.seen_at, now) for row in rows}
        new = [
            {"run_id": run_id, "reference": reference, "seen_at": now}
            for run_id, reference in without_name - seen.keys()
        ]
        with self._engine.begin() as connection:
            if new:
                note = insert_of(connection.dialect.name)(unnamed_files)
                connection.execute(note.on_conflict_do_nothing(), new)
            for run_id, reference in (
                seen.keys() - without_name
            ):  # they have a name now, or are gone
                this = and_(
                    unnamed_files.c.run_id == run_id, unnamed_files.c.reference == reference
                )
                connection.execute(delete(unnamed_files).where(this))
        return {each: seen.get(each, now) for each in without_name}


def _touched_at() -> ColumnElement[Any]:
    return func.coalesce(runs.c.reported_at, runs.c.created_at)


def _is_free(now: float) -> ColumnElement[bool]:
    """Whether nobody needs a run at the moment."""
    other = runs.alias()
    sources = select(other.c.fine_tuning["source"].as_string()).where(
        other.c.state.in_(ACTIVE), other.c.fine_tuning.is_not(None)
    )
    return and_(
        runs.c.visitor != "",
        runs.c.state.in_([state for state in State if state not in ACTIVE]),
        _touched_at() < now - SECONDS_IN_USE,
        runs.c.id.not_in(sources),
    )
