"""The supervisor's judgement, without workers: runs that are silent, runs without a ticket."""

import time
from typing import Any

import pytest

from config.environment import Config
from digits.settings import TrainingSettings
from model_store.records import Run, State, StoredProgress
from model_store.store import Store
from tests.support.clock import Clock
from trainer.dask_client import CannotTrain, Tickets
from trainer.duration_estimate import PROBES
from trainer.service import TrainingService
from trainer.supervisor import (
    RESTARTING,
    SECONDS_BETWEEN_RENEWALS,
    SECONDS_OF_REST,
    SECONDS_OF_SILENCE,
    Readiness,
    SignsOfLife,
    Supervisor,
)
from trainer.worker_health import FAILED_TWICE

NOTHING_NEW = StoredProgress()


def put_in_line(store: Store, visitor: str = "ann") -> Run:
    return store.runs.create(visitor, TrainingSettings().model_dump(mode="json"), "test")


def found(store: Store, run: Run) -> Run:
    now = store.runs.get(run.id)
    assert now is not None
    return now


class SomeEngine:
    """An engine whose workers never do anything."""

    def __init__(self) -> None:
        self.issued: set[str] = set()
        self.given_up: set[str] = set()
        self.probed: list[TrainingSettings] = []

    def probe(self, settings: TrainingSettings, note: object) -> None:
        self.probed.append(settings)

    def issue_ticket(self) -> None:
        self.issued.add(f"ticket-{len(self.issued)}")

    def tickets(self) -> Tickets:
        return Tickets(self.issued - self.given_up, self.given_up)


@pytest.fixture
def engine() -> SomeEngine:
    return SomeEngine()


@pytest.fixture
def supervisor(store: Store, config: Config, engine: SomeEngine) -> Supervisor:
    supervisor = Supervisor(store, config)
    supervisor.dask_client = engine  # type: ignore[assignment]
    supervisor.readiness = Readiness(True, "ready")
    return supervisor


def test_every_waiting_run_gets_one_ticket(
    store: Store, supervisor: Supervisor, engine: SomeEngine
) -> None:
    for visitor in ("ann", "bob", "cid"):
        put_in_line(store, visitor)
    put_in_line(store, "ann")  # it may start only when her first one has ended
    supervisor._recover_and_dispatch()
    supervisor._recover_and_dispatch()
    assert len(engine.issued) == 3


def test_a_ticket_in_use_does_not_count_for_what_waits(
    store: Store, supervisor: Supervisor, engine: SomeEngine
) -> None:
    put_in_line(store)
    supervisor._recover_and_dispatch()
    assert store.queue.claim("ticket-0")
    put_in_line(store, "bob")  # its own ticket was lost, or issued by a web process that died
    supervisor._recover_and_dispatch()
    assert engine.issued == {"ticket-0", "ticket-1"}


def test_without_workers_no_tickets_are_issued(
    store: Store, supervisor: Supervisor, engine: SomeEngine
) -> None:
    put_in_line(store)
    supervisor.readiness = Readiness(False, "restarting")
    supervisor._recover_and_dispatch()
    assert not engine.issued


def test_a_run_whose_workers_died_goes_back_in_line(
    store: Store, supervisor: Supervisor, engine: SomeEngine
) -> None:
    run = put_in_line(store)
    supervisor._recover_and_dispatch()
    store.queue.claim("ticket-0")
    engine.given_up = {"ticket-0"}
    supervisor._recover_and_dispatch()
    assert found(store, run).state == State.QUEUED
    supervisor._recover_and_dispatch()
    assert engine.issued == {"ticket-0", "ticket-1"}


def test_a_silent_run_goes_back_in_line(store: Store, supervisor: Supervisor, monkeypatch) -> None:
    run = put_in_line(store)
    store.queue.claim("of another web process")
    clock = Clock()
    monkeypatch.setattr("trainer.supervisor.time", clock)
    while clock.now <= SECONDS_OF_SILENCE:
        supervisor._recover_and_dispatch()
        assert found(store, run).state == State.RUNNING
        clock.now += 2
    supervisor._recover_and_dispatch()
    assert found(store, run).state == State.QUEUED


def test_the_ticket_of_a_silent_worker_does_not_count_for_what_waits(
    store: Store, supervisor: Supervisor, engine: SomeEngine, monkeypatch
) -> None:
    run = put_in_line(store)
    supervisor._recover_and_dispatch()
    store.queue.claim("ticket-0")
    clock = Clock()
    monkeypatch.setattr("trainer.supervisor.time", clock)
    while clock.now <= SECONDS_OF_SILENCE + 2:  # its worker is frozen: the ticket stays outstanding
        supervisor._recover_and_dispatch()
        clock.now += 2
    assert found(store, run).state == State.QUEUED
    supervisor._recover_and_dispatch()
    supervisor._recover_and_dispatch()
    assert engine.issued == {"ticket-0", "ticket-1"}


@pytest.mark.parametrize("jump", [-86_400.0, 86_400.0])
def test_a_clock_that_jumps_is_a_sign_of_life_like_any_other(
    store: Store, jump: float, monkeypatch
) -> None:
    put_in_line(store)
    store.queue.claim("ticket")
    signs = SignsOfLife()
    (run,) = store.runs.active()
    assert not signs.silent([run], 0.0)
    jumped = time.time() + jump
    monkeypatch.setattr("model_store.progress.time.time", lambda: jumped)
    store.progress.append(run.id, "ticket", NOTHING_NEW)
    for now in range(10, 40, 10):
        assert not signs.silent(store.runs.active(), float(now))
    assert signs.silent(store.runs.active(), 41.0)


def test_a_run_is_not_silent_if_nobody_looked(store: Store) -> None:
    put_in_line(store)
    store.queue.claim("ticket")
    signs = SignsOfLife()
    assert not signs.silent(store.runs.active(), 0.0)
    assert not signs.silent(store.runs.active(), 100.0)


def test_only_what_was_seen_is_put_back(store: Store) -> None:
    put_in_line(store)
    store.queue.claim("ticket")
    (seen,) = store.runs.active()
    store.progress.append(seen.id, "ticket", NOTHING_NEW)
    assert not store.runs.put_back(seen)
    (seen,) = store.runs.active()
    assert store.runs.put_back(seen)
    assert not store.runs.put_back(seen)


def test_attempts_count_until_the_run_gets_on(store: Store) -> None:
    run = put_in_line(store)
    for attempt in range(3):
        claimed = store.queue.claim(f"ticket-{attempt}")
        assert claimed
        assert claimed.attempts == attempt
        assert store.runs.put_back(found(store, run))
    assert found(store, run).attempts == 3


def test_only_an_idle_machine_is_timed(
    store: Store, supervisor: Supervisor, engine: SomeEngine
) -> None:
    supervisor._recover_and_dispatch()
    assert engine.probed == [PROBES[0]]
    run = put_in_line(store)
    supervisor._recover_and_dispatch()
    assert engine.probed == [PROBES[0]]
    store.runs.change(run.id, state=State.FINISHED)
    supervisor._recover_and_dispatch()
    assert engine.probed == [PROBES[0]], "another run may follow at once"
    supervisor._last_active -= 2 * SECONDS_OF_REST
    supervisor._recover_and_dispatch()
    assert len(engine.probed) == 2


def test_a_run_that_trains_alone_shows_the_pace(store: Store, supervisor: Supervisor) -> None:
    run = put_in_line(store)
    store.queue.claim("ticket-0")
    supervisor._recover_and_dispatch()
    assert supervisor.estimator.seconds(TrainingSettings()) is None  # it has not begun
    store.progress.append(run.id, "ticket-0", NOTHING_NEW, step=100, steps_per_second=1000.0)
    supervisor._recover_and_dispatch()
    seconds = supervisor.estimator.seconds(TrainingSettings())
    assert seconds == pytest.approx(5 * 844 / 1000, rel=0.25)
    put_in_line(store, "bob")
    assert store.queue.claim("ticket-1")
    store.progress.append(run.id, "ticket-0", NOTHING_NEW, step=200, steps_per_second=500.0)
    supervisor._recover_and_dispatch()
    assert supervisor.estimator.seconds(TrainingSettings()) == seconds


class WornOutEngine(SomeEngine):
    """An engine whose only worker failed two runs."""

    def device(self) -> str:
        raise CannotTrain(FAILED_TWICE, is_worn_out=True)

    def close(self) -> None:
        self.closed = True


def test_workers_of_this_machine_that_failed_are_started_anew_but_not_again_and_again(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(1000.0)
    monkeypatch.setattr("trainer.supervisor.time", clock)
    first: Any = WornOutEngine()
    second: Any = WornOutEngine()
    supervisor.dask_client = first
    supervisor._ensure_client()
    assert vars(first)["closed"]
    assert supervisor.dask_client != first
    assert supervisor.readiness == Readiness(False, RESTARTING)
    supervisor.dask_client = second
    supervisor._ensure_client()
    assert supervisor.dask_client is second
    assert supervisor.readiness == Readiness(False, FAILED_TWICE)
    clock.now += SECONDS_BETWEEN_RENEWALS
    supervisor._ensure_client()
    assert vars(second)["closed"]


def test_workers_of_a_cluster_are_not_ours_to_start_anew(supervisor: Supervisor) -> None:
    supervisor._config = supervisor._config._replace(scheduler="tcp://somewhere:8786")
    engine: Any = WornOutEngine()
    supervisor.dask_client = engine
    supervisor._ensure_client()
    assert supervisor.dask_client is engine
    assert supervisor.readiness == Readiness(False, FAILED_TWICE)


def test_what_was_planned_gets_its_ticket_in_the_very_look_that_puts_it_in_line(
    store: Store, config: Config, engine: SomeEngine
) -> None:
    service = TrainingService(store, config)
    service._supervisor.dask_client = engine  # type: ignore[assignment]
    service._supervisor.readiness = Readiness(True, "ready")
    runs = service.plan("ann", [("mine", TrainingSettings())] * 5)
    for run in runs[:4]:
        store.runs.change(run.id, state=State.FINISHED)
    assert [run.id for run in store.planned.waiting()] == [runs[4].id]
    for task in service.periodic_tasks:
        if task.do.__name__ != "_ensure_client":
            task.do_if_due()
    assert found(store, runs[4]).state == State.QUEUED
    assert len(engine.issued) == 1
