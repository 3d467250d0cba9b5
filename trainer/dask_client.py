"""Dask: the workers of this machine, or those of a cluster."""

import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Any, NamedTuple

import dask
from distributed import Client, Future, LocalCluster, as_completed, fire_and_forget

from config.environment import Config
from digits.settings import TrainingSettings
from trainer.duration_estimate import Timing
from trainer.worker import probe, report, work
from trainer.worker_health import Report

# Runs that share a machine: more at once would only make each of them slower.
MOST_TRAINERS = 4
TRAINER = {"trainer": 1}
# What all of Dask is told; elsewhere by DASK_CONFIG=trainer/dask.yaml.
DASK_SETTINGS = Path(__file__).with_name("dask.yaml")
SECONDS_TO_CONNECT = 10
SECONDS_TO_ANSWER = 5
SECONDS_TO_WARM_UP = 60
# Workers that were well may fail; others are heard at once.
SECONDS_BETWEEN_QUESTIONS = 10.0
# A worker process that died needs far less to be replaced, also on a busy machine.
SECONDS_WITHOUT_WORKERS = 180


logger = logging.getLogger(__name__)


class SchedulerLost(RuntimeError):
    """The connection to the workers is beyond repair: it takes a new `DaskClient`."""


class CannotTrain(RuntimeError):
    """Workers are there but none can train; the message is a sentence for visitors.

    Attributes:
        is_worn_out: whether a worker has to be started anew before it can.
    """

    def __init__(self, sentence: str, is_worn_out: bool) -> None:
        super().__init__(sentence)
        self.is_worn_out = is_worn_out


class Tickets(NamedTuple):
    """Pieces of work: those that wait or are worked off, and those that workers died of."""

    outstanding: set[str]
    given_up: set[str]


class DaskClient:
    """A connection to workers, which are started here unless `config.scheduler` names others.

    Args:
        config: passed on to the workers.
        on_worked_off: called, in some thread, when a ticket has been worked off.

    Raises:
        OSError: the scheduler does not answer.
        RuntimeError: the workers did not start.
    """

    def __init__(self, config: Config, on_worked_off: Callable[[], object]) -> None:
        self._config = config
        self._on_worked_off = on_worked_off
        self.client = _connected(config.scheduler)
        self._tickets: dict[str, Future[None]] = {}
        self._device: str | None = None
        self._asked: tuple[frozenset[str], float] = (frozenset(), 0.0)
        self._workers: frozenset[str] = frozenset()
        self._probe: Future[Timing | None] | None = None
        self.slots = 1
        self._last_worker_seen = self._last_answer = time.monotonic()

    def device(self) -> str | None:
        """The line that tells visitors which device trains; None while no worker can say it.

        Raises:
            SchedulerLost: workers will not come back to this connection.
            CannotTrain: something is missing that training needs.
        """
        if not self._has_workers():
            self._device = None
            self._asked = (frozenset(), 0.0)
            self._last_answer = time.monotonic()
            return None
        asked, at = self._asked
        if asked != self._workers or time.monotonic() - at > SECONDS_BETWEEN_QUESTIONS:
            self._device = self._ask_for_device()
            self._asked = (self._workers, time.monotonic())
        return self._device

    def issue_ticket(self) -> None:
        """Ask for one piece of work; whoever gets it takes the run that is next in line then."""
        ticket = token_hex(8)
        future: Any = self.client.submit(
            work, ticket, self._config, key=ticket, pure=False, resources=TRAINER
        )
        fire_and_forget(future)  # it is worked off even if this process dies
        future.add_done_callback(self._note_end)
        self._tickets[ticket] = future

    def probe(
        self, settings: TrainingSettings, note: Callable[[TrainingSettings, Timing], object]
    ) -> None:
        """Have a worker timed, one thing after the other.

        Args:
            settings: what it trains for a moment.
            note: told the outcome, in some thread, unless the worker had other things to do.
        """
        if self._probe is not None and self._probe.status == "pending":
            return
        future: Any = self.client.submit(probe, self._config, settings, pure=False, priority=-1)

        def done(ended: "Future[Timing | None]") -> None:
            with suppress(TimeoutError):  # its worker is lost
                if ended.status == "finished" and (timing := ended.result(SECONDS_TO_ANSWER)):
                    note(settings, timing)

        future.add_done_callback(done)
        self._probe = future

    def _note_end(self, ticket: "Future[None]") -> None:
        # One that failed is left to the next check: what fails at once is not tried at once.
        if ticket.status == "finished":
            self._on_worked_off()

    def tickets(self) -> Tickets:
        """What became of the tickets that were issued since this was asked last."""
        by_status: dict[str | None, set[str]] = {}
        for ticket, future in self._tickets.items():
            by_status.setdefault(future.status, set()).add(ticket)
        outstanding = by_status.get("pending", set())
        self._tickets = {ticket: self._tickets[ticket] for ticket in outstanding}
        return Tickets(outstanding, by_status.get("error", set()))

    def close(self) -> None:
        """End the workers that were started here; they hand over the runs they have in hand."""
        cluster = self.client.cluster
        self.client.close(timeout=SECONDS_TO_ANSWER)
        if cluster is not None:
            cluster.close(timeout=SECONDS_TO_CONNECT)

    def _has_workers(self) -> bool:
        if self.client.status == "closed":
            raise SchedulerLost("the connection to the scheduler was given up")
        now = time.monotonic()
        try:
            running = self.client.status == "running"
            threads = running and self.client.nthreads(callback_timeout=SECONDS_TO_ANSWER)
            if threads:
                # Each worker has one thread more than it carries out runs.
                self.slots = sum(threads.values()) - len(threads)
                self._workers = frozenset(threads)
                self._last_worker_seen = now
                return True
        except (OSError, TimeoutError):
            logger.warning("the scheduler does not answer", exc_info=True)
        if now - self._last_worker_seen > SECONDS_WITHOUT_WORKERS:
            raise SchedulerLost(f"no worker came back within {SECONDS_WITHOUT_WORKERS} s")
        return False

    def _ask_for_device(self) -> str | None:
        """Ask all workers; it takes one that can train.

        Raises:
            SchedulerLost: they are there, but none has answered for long.
            CannotTrain: all that answered say so.
        """
        futures: list[Any] = [
            self.client.submit(report, self._config, workers=[each], pure=False, priority=10)
            for each in self._workers
        ]
        # Those that are busy or gone keep nobody waiting who has heard of another. But short
        # questions have a thread of their own: who never answers does not carry out runs either.
        timeout, longest = SECONDS_TO_WARM_UP, SECONDS_TO_WARM_UP
        if self._device:
            timeout, longest = SECONDS_TO_ANSWER, SECONDS_WITHOUT_WORKERS
        problems: list[Report] = []
        try:
            for future in as_completed(futures, timeout=timeout):
                if future.status != "finished":
                    continue
                # A worker may be lost once it has answered and before that has come.
                said: Report = future.result(timeout=SECONDS_TO_ANSWER)
                self._last_answer = time.monotonic()
                if said.device:
                    return said.device
                problems.append(said)
        except TimeoutError:
            if time.monotonic() - self._last_answer >= longest:
                raise SchedulerLost(f"no worker answered within {longest} s") from None
            return self._device
        if not problems:
            return None
        self._device = None
        worn_out = all(problem.is_worn_out for problem in problems)
        raise CannotTrain(problems[0].problem, worn_out)


def _connected(scheduler: str | None) -> Client:
    """Connect to a scheduler, or start one with one worker process on this machine.

    A worker offers as many of the resource `trainer` as runs may share its device.
    """
    if scheduler:
        return Client(scheduler, timeout=SECONDS_TO_CONNECT)
    for settings in dask.config.collect_yaml([str(DASK_SETTINGS)]):
        dask.config.update(dask.config.config, settings)
    trainers = min(MOST_TRAINERS, os.cpu_count() or 1)
    cluster = LocalCluster(
        n_workers=1,
        threads_per_worker=trainers + 1,  # one for short questions while the others train
        processes=True,
        host="127.0.0.1",
        resources={"trainer": trainers},
        dashboard_address="127.0.0.1:0",
        memory_limit=0,
        silence_logs=logging.ERROR,
    )
    return Client(cluster)
