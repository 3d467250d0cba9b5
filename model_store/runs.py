"""The runs: made by visitors, claimed and reported on by workers, read by anyone with the link."""

import time
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from model_store.database import runs
from model_store.limits import Limits, TooManyRuns
from model_store.records import ACTIVE, FineTuning, Run, State, StopRequest
from model_store.run_rows import COLUMNS, IS_PLANNED, IS_THERE, run_of, tapped_before
from model_store.visitors import lock_visitor


class Runs:
    """The table of runs, as their owners and viewers use it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(
        self,
        visitor: str,
        settings: dict[str, Any],
        name: str,
        fine_tuning: FineTuning | None = None,
        limits: Limits | None = None,
        drawing: bytes | None = None,
        drawing_label: int | None = None,
        changes: list[dict[str, Any]] | None = None,
        branch: dict[str, Any] | None = None,
    ) -> Run:
        """Put a new run at the end of the queue; a double tap of a visitor with limits makes one.

        Args:
            visitor: who owns it.
            settings: hyperparameters, as plain JSON.
            name: what people call it.
            fine_tuning: its plan, if a network is to be taught instead of trained.
            limits: of the visitor, if there are any.
            drawing: that is read at each report, prepared, as bytes of [28, 28].
            drawing_label: the digit that it is, if that is known.
            changes: of the settings on its way.
            branch: of which run it is one, and from which step on.

        Raises:
            TooManyRuns: the visitor has as many in line as they may.
        """
        run = Run(
            id=token_urlsafe(12),
            visitor=visitor,
            name=name,
            created_at=time.time(),
            state=State.QUEUED,
            settings=settings,
            fine_tuning=fine_tuning,
            drawing=drawing,
            drawing_label=drawing_label,
            changes=changes or [],
            branch=branch,
        )
        with self._engine.begin() as connection:
            if limits:
                lock_visitor(connection, visitor)
                if first := tapped_before(connection, visitor, [run]):
                    return first[0]
            _make_room(connection, visitor, limits)
            connection.execute(insert(runs).values(**vars(run)))
        return run

    def put(self, run: Run) -> None:
        """Write a whole record, in place of an older one of the same id."""
        with self._engine.begin() as connection:
            connection.execute(delete(runs).where(runs.c.id == run.id))
            connection.execute(insert(runs).values(**vars(run)))

    def rename(self, run_id: str, visitor: str, name: str) -> bool:
        """Call a run something else; False if it is not this visitor's."""
        mine = and_(runs.c.id == run_id, runs.c.visitor == visitor, IS_THERE)
        with self._engine.begin() as connection:
            return connection.execute(update(runs).where(mine).values(name=name)).rowcount == 1

    def label_drawing(self, run_id: str, visitor: str, label: int | None) -> bool:
        """Say which digit a run's drawing is; False if the run is not this visitor's."""
        mine = and_(runs.c.id == run_id, runs.c.visitor == visitor, IS_THERE)
        with self._engine.begin() as connection:
            labelled = update(runs).where(mine).values(drawing_label=label)
            return connection.execute(labelled).rowcount == 1

    def get(self, run_id: str) -> Run | None:
        """Find a run by its id; None if there is none."""
        with self._engine.connect() as connection:
            wanted = select(*COLUMNS).where(runs.c.id == run_id, IS_THERE)
            row = connection.execute(wanted).one_or_none()
        return run_of(row) if row else None

    def of_visitor(self, visitor: str, most: int = 500) -> list[Run]:
        """The runs that a visitor owns, newest first."""
        mine = select(*COLUMNS).where(runs.c.visitor == visitor, IS_THERE)
        with self._engine.connect() as connection:
            rows = connection.execute(mine.order_by(runs.c.created_at.desc()).limit(most)).all()
        return [run_of(row) for row in rows]

    def finished_before(self, run: Run) -> Run | None:
        """The newest of the finished runs that the visitor of `run` began before it."""
        earlier = and_(runs.c.visitor == run.visitor, runs.c.created_at < run.created_at, IS_THERE)
        wanted = select(*COLUMNS).where(earlier, runs.c.state == State.FINISHED)
        with self._engine.connect() as connection:
            newest = wanted.order_by(runs.c.created_at.desc()).limit(1)
            row = connection.execute(newest).one_or_none()
        return run_of(row) if row else None

    def names_of(self, visitor: str) -> set[str]:
        """What a visitor's runs are called."""
        mine = select(runs.c.name).where(runs.c.visitor == visitor, IS_THERE)
        with self._engine.connect() as connection:
            return {*connection.execute(mine).scalars()}

    def in_work(self, visitor: str) -> list[Run]:
        """The runs of a visitor that wait or are being carried out, oldest first."""
        mine = and_(runs.c.visitor == visitor, runs.c.state.in_(ACTIVE))
        with self._engine.connect() as connection:
            rows = connection.execute(select(*COLUMNS).where(mine).order_by(runs.c.created_at))
            return [run_of(row) for row in rows]

    def active(self) -> list[Run]:
        """All runs that wait or are being carried out, oldest first."""
        unfinished = select(*COLUMNS).where(runs.c.state.in_(ACTIVE)).order_by(runs.c.created_at)
        with self._engine.connect() as connection:
            return [run_of(row) for row in connection.execute(unfinished)]

    def count_by_state(self) -> dict[State, int]:
        """How many runs there are in each state; a state that no run is in is left out."""
        counts = select(runs.c.state, func.count()).where(IS_THERE).group_by(runs.c.state)
        with self._engine.connect() as connection:
            return {State(state): count for state, count in connection.execute(counts)}

    def change(self, run_id: str, **values: Any) -> None:
        """Write the named fields of a run."""
        with self._engine.begin() as connection:
            connection.execute(update(runs).where(runs.c.id == run_id).values(**values))

    def request_stop(self, run_id: str, visitor: str, request: StopRequest) -> bool:
        """Ask that a run be stopped or paused, at once if it waits, or take a step in slow motion.

        Returns:
            False if the run is not this visitor's, or no longer active.
        """
        mine = and_(runs.c.id == run_id, runs.c.visitor == visitor)
        at_once = State.STOPPED if request == StopRequest.STOP else State.PAUSED
        with self._engine.begin() as connection:
            if request == StopRequest.SLOW_STEP:  # a run that waits does so as soon as it can
                asked = update(runs).where(mine, runs.c.state.in_(ACTIVE))
                return connection.execute(asked.values(stop_request=request)).rowcount == 1
            is_waiting = or_(runs.c.state == State.QUEUED, IS_PLANNED)
            waiting = update(runs).where(mine, is_waiting)
            waiting = waiting.values(state=at_once, planned_at=None)
            if connection.execute(waiting).rowcount:
                return True
            running = update(runs).where(mine, runs.c.state == State.RUNNING)
            return connection.execute(running.values(stop_request=request)).rowcount == 1

    def request_settings(self, run_id: str, visitor: str, values: dict[str, float]) -> bool:
        """Ask that settings be changed while a run trains, or before it does.

        Returns:
            False if the run is not this visitor's, or has ended.
        """
        mine = and_(runs.c.id == run_id, runs.c.visitor == visitor)
        before_its_end = runs.c.state.in_((*ACTIVE, State.PAUSED))
        with self._engine.begin() as connection:
            asked = update(runs).where(mine, before_its_end).values(requested_settings=values)
            return connection.execute(asked).rowcount == 1

    def requeue(
        self,
        run_id: str,
        visitor: str,
        settings: dict[str, Any],
        limits: Limits | None = None,
        pause_at: int | None = None,
        request: StopRequest = StopRequest.NOTHING,
    ) -> bool:
        """Let a run that has come to rest go on from its checkpoint, with these settings.

        Args:
            run_id: the run.
            visitor: who wants it.
            settings: its own, perhaps with more epochs.
            limits: of each visitor, if there are any.
            pause_at: the step after which it rests again; None for its end.
            request: what else is asked of its worker.

        Returns:
            False if the run is not this visitor's, is active already, or is a fine-tuning that
            has ended: to repeat it could only lose the network that it made.

        Raises:
            TooManyRuns: the visitor has as many in line as they may.
        """
        at_rest = and_(
            runs.c.id == run_id,
            runs.c.visitor == visitor,
            runs.c.state.not_in(ACTIVE),
            IS_THERE,
            or_(runs.c.fine_tuning.is_(None), runs.c.state != State.FINISHED),
        )
        fresh: dict[str, Any] = {"state": State.QUEUED, "stop_request": request}
        fresh |= {"ticket": "", "attempts": 0, "failure": "", "planned_at": None}
        fresh["pause_at"] = pause_at
        with self._engine.begin() as connection:
            _make_room(connection, visitor, limits)
            again = update(runs).where(at_rest).values(settings=settings, test=None, **fresh)
            return connection.execute(again).rowcount == 1

    def put_back(self, run: Run) -> bool:
        """Put a running run in line again, to go on from its checkpoint with another worker.

        Args:
            run: the run as it was last seen.

        Returns:
            False if it has reported, ended or been given to another worker since then.
        """
        as_seen = and_(
            runs.c.id == run.id,
            runs.c.state == State.RUNNING,
            runs.c.ticket == run.ticket,
            runs.c.reported_at == run.reported_at,
        )
        with self._engine.begin() as connection:
            again = update(runs).where(as_seen).values(state=State.QUEUED, ticket="")
            return connection.execute(again).rowcount == 1

    def delete(self, run_id: str, visitor: str) -> bool:
        """Hide a run that is not active from everybody; False if it is not this visitor's.

        Until housekeeping forgets it for good, `restore` brings it back.
        """
        at_rest = and_(runs.c.state.not_in(ACTIVE), IS_THERE)
        return self._mark(run_id, visitor, at_rest, time.time())

    def restore(self, run_id: str, visitor: str) -> bool:
        """Bring a deleted run back; False if it is not this visitor's, or is gone for good."""
        return self._mark(run_id, visitor, runs.c.deleted_at.is_not(None), None)

    def _mark(self, run_id: str, visitor: str, where: Any, deleted_at: float | None) -> bool:
        mine = and_(runs.c.id == run_id, runs.c.visitor == visitor, where)
        with self._engine.begin() as connection:
            marked = update(runs).where(mine).values(deleted_at=deleted_at)
            return connection.execute(marked).rowcount == 1


def _make_room(connection: Connection, visitor: str, limits: Limits | None) -> None:
    """See to it that a visitor may have one more run in line."""
    if limits is None:
        return
    lock_visitor(connection, visitor)
    mine = and_(runs.c.visitor == visitor, runs.c.state.in_(ACTIVE))
    active = connection.execute(select(func.count()).where(mine)).scalar_one()
    if active >= limits.running + limits.waiting:
        raise TooManyRuns(
            f"You have {active} runs in line already, and there is room for "
            f"{limits.running + limits.waiting} of each visitor. Wait until one has ended, or stop "
            "one of them under Models."
        )
