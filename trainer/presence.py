"""Visitors who have gone lose their place in line, so that they keep nobody waiting."""

import logging
import time
from collections.abc import Callable, Iterable

from config.logs import about
from model_store.records import Run, State, StopRequest
from model_store.store import Store

SECONDS_BETWEEN_CHECKS = 15.0
# A refresh, a lost connection or a locked phone is shorter than this.
SECONDS_UNTIL_WAITING_RUNS_GO = 300.0
SECONDS_UNTIL_RUNNING_RUNS_GO = 900.0

logger = logging.getLogger(__name__)


class Presence:
    """Knows for how long each visitor has been gone, and ends what they left in line.

    What a running one has learned by then is kept. Time counts for each run, by this process' own
    clock, from when it first saw that run without its visitor: clocks of other machines may differ
    or jump, and who has come back by way of another process may press Train before that is noted.

    Args:
        store: where visitors and runs are kept.
        here: tells which visitors this process is connected with.
        clock: tells the time in seconds.
    """

    def __init__(
        self,
        store: Store,
        here: Callable[[], Iterable[str]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._here = here
        self._clock = clock
        self._since: dict[tuple[str, str, float | None], float] = {}

    def check(self) -> None:
        """Note who is here, and end runs of those who have gone for too long."""
        self._store.visitors.touch(self._here())
        active = self._store.runs.active()
        owners = {run.visitor for run in active if run.visitor}
        seen = self._store.visitors.last_seen(owners)
        now = self._clock()
        marks = {run.id: (run.id, run.visitor, seen.get(run.visitor)) for run in active}
        self._since = {mark: self._since.get(mark, now) for mark in marks.values()}
        for run in active:
            if run.visitor and self._is_given_up(run, now - self._since[marks[run.id]]):
                self._store.runs.request_stop(run.id, run.visitor, StopRequest.STOP)
                logger.info("run stopped: its visitor has gone", extra=about(run))

    def _is_given_up(self, run: Run, seconds_gone: float) -> bool:
        if run.state == State.QUEUED:
            return seconds_gone > SECONDS_UNTIL_WAITING_RUNS_GO
        return (
            seconds_gone > SECONDS_UNTIL_RUNNING_RUNS_GO and run.stop_request == StopRequest.NOTHING
        )
