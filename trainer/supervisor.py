"""The supervisor: a thread of every web process that keeps what visitors were promised.

Whoever died, a worker, the scheduler or another web process: what waits is carried out, and what
was being carried out goes on from its checkpoint.
"""

import logging
import math
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Thread
from typing import TYPE_CHECKING

from config.environment import Config
from config.logs import about
from model_store.records import Run, State
from model_store.store import Store
from trainer.duration_estimate import DurationEstimator

if TYPE_CHECKING:
    from trainer.dask_client import DaskClient

SECONDS_BETWEEN_CHECKS = 2.0
# What starting workers needs, Streamlit needs too while a browser loads its first page.
SECONDS_FOR_THE_FIRST_PAGE_ALONE = 3.0
# Runs in good hands give a sign of life every 5 seconds.
SECONDS_OF_SILENCE = 30.0

# What makes a worker fail may be there for long: each time costs visitors two runs.
SECONDS_BETWEEN_RENEWALS = 600.0
# Who has just seen a run end may soon begin another: only then a worker is timed.
SECONDS_OF_REST = 5.0

WARMING_UP = "The training engine is warming up."
RESTARTING = "The training engine is restarting."

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Readiness:
    """Whether runs can be carried out now, and a line about it for visitors."""

    is_ready: bool
    line: str


@dataclass
class PeriodicTask:
    """Something to be done every now and then; its failures are logged, and it is done again."""

    seconds: float
    do: Callable[[], object]
    due: float = 0.0

    def do_if_due(self) -> None:
        """Do it unless it was done a short while ago."""
        if time.monotonic() < self.due:
            return
        try:
            self.do()
        except Exception:
            logger.exception("%s failed and is tried again", getattr(self.do, "__name__", self.do))
        self.due = time.monotonic() + self.seconds


class Supervisor:
    """Looks at the store every two seconds, or when it is woken, and does what is to be done.

    Args:
        store: where runs are kept.
        config: where workers are found, or that they are to be started here.

    Attributes:
        readiness: whether runs can be carried out now.
        periodic_tasks: what it does; others may add to it before it starts.
        dask_client: the connection to the workers, or None while there is none.
        estimator: knows how fast the workers are.
        active: the runs that waited or were carried out at the last check.
    """

    def __init__(self, store: Store, config: Config) -> None:
        self.readiness = Readiness(False, WARMING_UP)
        self.dask_client: DaskClient | None = None
        self.estimator = DurationEstimator()
        self.active: list[Run] = []
        self.periodic_tasks = [
            PeriodicTask(SECONDS_BETWEEN_CHECKS, self._ensure_client),
            PeriodicTask(0, self._recover_and_dispatch),
        ]
        self._store = store
        self._config = config
        self._signs = SignsOfLife()
        self._silent_tickets: set[str] = set()
        self._woken = Event()
        self._may_renew_at = 0.0
        self._last_active = -math.inf
        self._ended = False
        self._thread = Thread(target=self._run, name="supervisor", daemon=True)

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread.start()

    def wake(self) -> None:
        """Do at once what is to be done: something was put in line."""
        self._woken.set()

    def close(self) -> None:
        """End the thread, and the workers that were started here."""
        self._ended = True
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(SECONDS_BETWEEN_CHECKS)
        self._drop_client()

    def _run(self) -> None:
        # The first page comes first; whoever presses Train ends the waiting.
        self._woken.wait(SECONDS_FOR_THE_FIRST_PAGE_ALONE)
        while not self._ended:
            self._woken.clear()
            for task in self.periodic_tasks:
                task.do_if_due()
            self._woken.wait(SECONDS_BETWEEN_CHECKS)

    def _ensure_client(self) -> None:
        """Have workers, and say truthfully whether they can train."""
        from trainer.dask_client import CannotTrain

        try:
            client = self.dask_client or self._connected_client()
            line = client.device()
        except CannotTrain as error:
            self.readiness = Readiness(False, str(error))
            self._renew_worn_out(error.is_worn_out)
        except Exception as error:
            logger.warning("the training engine is started anew: %s", error)
            self.readiness = Readiness(False, RESTARTING)
            self._drop_client()
        else:
            was_ready = self.readiness.line != WARMING_UP
            away = RESTARTING if was_ready else WARMING_UP
            self.readiness = Readiness(True, line) if line else Readiness(False, away)

    def _renew_worn_out(self, is_worn_out: bool) -> None:
        """Start the workers of this machine anew when they failed; not again and again."""
        now = time.monotonic()
        if is_worn_out and not self._config.scheduler and now >= self._may_renew_at:
            self._may_renew_at = now + SECONDS_BETWEEN_RENEWALS
            logger.error("workers that failed are started anew")
            self.readiness = Readiness(False, RESTARTING)
            self._drop_client()

    def _connected_client(self) -> "DaskClient":
        from trainer.dask_client import DaskClient

        if not self._config.scheduler:
            # Workers of this machine end with the web process that started them.
            for run in self._store.runs.active():
                self._put_back(run, "its worker ended")
        # A run that came while its ticket was about to end would wait for the next check otherwise.
        self.dask_client = DaskClient(self._config, self.wake)
        return self.dask_client

    def _drop_client(self) -> None:
        client, self.dask_client = self.dask_client, None
        self.estimator.forget()
        if client is None:
            return
        try:
            client.close()
        except Exception as error:
            logger.warning("what was left of the training engine did not end: %s", error)

    def _recover_and_dispatch(self) -> None:
        """Put back runs whose workers are gone, and see to it that whatever waits has a ticket."""
        runs = self.active = self._store.runs.active()
        running = [run for run in runs if run.state == State.RUNNING]
        for run in self._signs.silent(running, time.monotonic()):
            self._silent_tickets.add(run.ticket)
            self._put_back(run, "its worker is silent")
        client = self.dask_client
        if client is None or not self.readiness.is_ready:
            return
        outstanding, given_up = client.tickets()
        for run in running:
            if run.ticket in given_up:
                self._put_back(run, "its workers died")
        # The ticket of a silent worker is outstanding until it is known to be dead.
        self._silent_tickets &= outstanding
        unused = outstanding - self._silent_tickets - {run.ticket for run in running}
        for _ in range(self._startable(runs) - len(unused)):
            client.issue_ticket()
        self._measure_speed(client, runs)

    def _measure_speed(self, client: "DaskClient", runs: list[Run]) -> None:
        """Watch a run that trains alone, or time a worker that has nothing to do."""
        now = time.monotonic()
        self._last_active = now if runs else self._last_active
        settings = self.estimator.due()
        if settings and now - self._last_active > SECONDS_OF_REST:
            client.probe(settings, self.estimator.note_probe)
        elif len(runs) == 1 and not runs[0].fine_tuning:
            self.estimator.note_run(runs[0])

    def _startable(self, runs: list[Run]) -> int:
        """How many of the runs that wait could start now, if there were room for all visitors."""
        waiting = Counter(run.visitor for run in runs if run.state == State.QUEUED)
        running = Counter(run.visitor for run in runs if run.state == State.RUNNING)
        most = self._config.limits.running
        return sum(max(0, min(count, most - running[owner])) for owner, count in waiting.items())

    def _put_back(self, run: Run, why: str) -> None:
        if self._store.runs.put_back(run):
            logger.warning("run put back in line", extra={"reason": why, **about(run)})


class SignsOfLife:
    """When each run was last seen to have reported.

    Only changes count, by the clock of this process: those of workers may differ or jump.
    """

    def __init__(self) -> None:
        self._since: dict[tuple[str, str, float | None], float] = {}
        self._looked = 0.0

    def silent(self, running: list[Run], now: float) -> list[Run]:
        """The runs that did not report for a long time, although somebody looked all the while.

        Args:
            running: the runs as they are now.
            now: seconds of a clock that never jumps.
        """
        before = self._since if now - self._looked < SECONDS_OF_SILENCE / 2 else {}
        self._looked = now
        self._since = {_sign(run): before.get(_sign(run), now) for run in running}
        return [run for run in running if now - self._since[_sign(run)] > SECONDS_OF_SILENCE]


def _sign(run: Run) -> tuple[str, str, float | None]:
    return run.id, run.ticket, run.reported_at
