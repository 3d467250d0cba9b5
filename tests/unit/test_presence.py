"""Visitors who have gone lose their place in line, and nobody else does."""

from digits.settings import TrainingSettings
from model_store.records import Run, State, StopRequest
from model_store.store import Store
from tests.support.clock import Clock
from trainer.presence import (
    SECONDS_UNTIL_RUNNING_RUNS_GO,
    SECONDS_UNTIL_WAITING_RUNS_GO,
    Presence,
)


def run_of(store: Store, visitor: str) -> Run:
    return store.runs.create(visitor, TrainingSettings().model_dump(mode="json"), "test")


def now(store: Store, run: Run) -> Run:
    found = store.runs.get(run.id)
    assert found
    return found


def test_waiting_runs_go_first_and_running_ones_later(store: Store) -> None:
    clock = Clock()
    presence = Presence(store, list, clock)
    at_work, waiting = run_of(store, "ann"), run_of(store, "ann")
    store.queue.claim("ticket")
    presence.check()
    clock.now = SECONDS_UNTIL_WAITING_RUNS_GO - 1
    presence.check()
    assert now(store, waiting).state == State.QUEUED
    clock.now = SECONDS_UNTIL_WAITING_RUNS_GO + 1
    presence.check()
    assert now(store, waiting).state == State.STOPPED
    assert now(store, at_work).stop_request == StopRequest.NOTHING
    clock.now = SECONDS_UNTIL_RUNNING_RUNS_GO + 1
    presence.check()
    assert now(store, at_work).stop_request == StopRequest.STOP


def test_who_is_here_keeps_all(store: Store) -> None:
    clock = Clock()
    presence = Presence(store, lambda: ["ann"], clock)
    waiting = run_of(store, "ann")
    for clock.now in (0, 400, 800, 5000):
        presence.check()
    assert now(store, waiting).state == State.QUEUED


def test_a_run_is_not_charged_with_the_absence_before_it(store: Store) -> None:
    clock = Clock()
    presence = Presence(store, list, clock)
    run_of(store, "ann")
    store.queue.claim("ticket")
    presence.check()
    clock.now = SECONDS_UNTIL_RUNNING_RUNS_GO - 1
    fresh = run_of(store, "ann")  # by way of another process, which has not noted it yet
    presence.check()
    assert now(store, fresh).state == State.QUEUED


def test_who_comes_back_in_time_loses_nothing(store: Store) -> None:
    clock = Clock()
    presence = Presence(store, list, clock)
    waiting = run_of(store, "ann")
    presence.check()
    clock.now = SECONDS_UNTIL_WAITING_RUNS_GO - 1
    store.visitors.touch(["ann"])  # by another web process
    presence.check()
    clock.now += SECONDS_UNTIL_WAITING_RUNS_GO - 1
    presence.check()
    assert now(store, waiting).state == State.QUEUED
