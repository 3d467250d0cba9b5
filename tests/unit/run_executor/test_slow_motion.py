"""Runs that take steps in slow motion: the same run, whatever happens to it meanwhile."""

import json
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from digits.one_step import IMAGES_SHOWN
from digits.progress import Progress
from digits.settings import TrainingSettings
from digits.training import train
from model_store.artifacts import Artifacts
from model_store.records import Run, State, StopRequest
from model_store.store import Store
from tests.support.executed_runs import EPOCH_STEPS, SETTINGS, STEPS, found, weights
from trainer import heartbeat, run_executor
from trainer.report_writer import ReportWriter
from trainer.service import TrainingService
from trainer.slow_motion import FILE, record_of

SLOWLY = StopRequest.SLOW_STEP


@pytest.fixture
def service(store, config) -> TrainingService:
    """Return what pages call; its workers are never started."""
    return TrainingService(store, config)


def recorded(store: Store, run: Run) -> dict[str, Any]:
    record = record_of(found(store, run), store)
    assert record is not None
    return record


def submitted(store: Store, settings: TrainingSettings = SETTINGS) -> Run:
    return store.runs.create("ann", settings.model_dump(mode="json"), "test")


def test_a_run_with_steps_in_slow_motion_is_as_if_never_slowed(
    store, config, service, carried_out
) -> None:
    settings = SETTINGS.model_copy(update={"dropout": 0.2})
    straight = carried_out(settings)
    run = submitted(store, settings)
    taken: list[int] = []
    # Those before the compiled steps, among them, over the end of an epoch.
    for pause_at in (None, None, 9, None, EPOCH_STEPS - 1, None, None, STEPS - 1, None):
        if pause_at:
            assert store.runs.requeue(run.id, "ann", run.settings, pause_at=pause_at)
        else:
            assert service.step_slowly(found(store, run), "ann")
        run_executor.execute_next(f"to {pause_at}, {len(taken)}", config)
        if pause_at is None:
            now = found(store, run)
            assert now.stop_request == StopRequest.NOTHING
            assert now.state == (State.FINISHED if now.step == STEPS else State.PAUSED)
            taken.append(recorded(store, run)["step"])
            assert taken[-1] == now.step
    assert taken == [1, 2, 10, EPOCH_STEPS, EPOCH_STEPS + 1, STEPS]
    finished = found(store, run)
    assert finished.test == straight.test
    assert all(map(np.array_equal, weights(store, straight), weights(store, finished)))
    both = [store.progress.since(each.id) for each in (straight, finished)]
    np.testing.assert_array_equal(both[0].points["loss"], both[1].points["loss"])
    np.testing.assert_array_equal(both[0].points.steps, both[1].points.steps)
    assert FILE not in straight.artifacts, "no cost for those who never ask"
    losses = both[0].points["loss"]
    assert recorded(store, run)["loss"][0] == pytest.approx(losses[STEPS - 1], rel=1e-3)
    assert not service.step_slowly(finished, "ann"), "there is no step left"


def test_a_record_is_small_and_has_what_is_shown(store, config, service) -> None:
    run = submitted(store)
    assert service.step_slowly(run, "ann")
    run_executor.execute_next("ticket", config)
    reference = found(store, run).artifacts[FILE]
    assert len(store.artifacts.load(run.id, reference)) < 100_000
    record = recorded(store, run)
    assert len(b64decode(record["first"]["pixels"])) == 784 * IMAGES_SHOWN
    asked = np.frombuffer(b64decode(record["asked"]), np.int8).reshape(len(record["units"]), 784)
    assert np.abs(asked).max() == 127
    assert len(record["layers"]) == 2
    damaged = found(store, run)
    damaged.artifacts[FILE] = "slow_motion-" + 32 * "0" + ".json"
    assert record_of(damaged, store) is None


def while_it_trains(monkeypatch: pytest.MonkeyPatch, step: int, act: Any) -> None:
    """Do something once as soon as a run has reached a step, and let the store hear of it."""
    acted: list[int] = []

    def watched(*arguments: Any) -> Iterator[Progress]:
        for progress in train(*arguments):
            if progress.step >= step and not acted:
                acted.append(progress.step)
                act()
            yield progress

    monkeypatch.setattr(run_executor, "train", watched)
    monkeypatch.setattr(ReportWriter, "is_due", lambda self: True)


def test_a_run_that_trains_takes_a_step_in_slow_motion_and_rests(
    store, config, service, monkeypatch
) -> None:
    run = submitted(store, SETTINGS.model_copy(update={"epochs": 20}))
    while_it_trains(monkeypatch, 200, lambda: service.step_slowly(found(store, run), "ann"))
    run_executor.execute_next("ticket", config)
    paused = found(store, run)
    assert (paused.state, paused.stop_request) == (State.PAUSED, StopRequest.NOTHING)
    assert 200 < paused.step == recorded(store, run)["step"] < paused.total_steps


def test_a_step_in_slow_motion_says_nothing_of_how_fast_the_run_is(store, config, service) -> None:
    run = submitted(store)
    assert service.step_slowly(found(store, run), "ann")
    run_executor.execute_next("the first", config)
    assert not found(store, run).steps_per_second
    assert store.runs.requeue(run.id, "ann", run.settings, pause_at=STEPS - 1)
    run_executor.execute_next("most of it", config)
    before = found(store, run).steps_per_second
    assert before > 0
    assert service.step_slowly(found(store, run), "ann")
    run_executor.execute_next("the last", config)
    after = found(store, run)
    assert after.step == STEPS
    assert after.steps_per_second == before


def test_what_is_asked_of_a_worker_that_dies_or_leaves_is_done_by_the_next(
    store, config, service, monkeypatch, request
) -> None:
    request.addfinalizer(heartbeat.draining.clear)
    run = submitted(store)
    assert service.step_slowly(run, "ann"), "it waits, and goes on waiting"
    assert found(store, run).state == State.QUEUED
    assert store.queue.claim("dies")
    assert store.runs.put_back(found(store, run))
    while_it_trains(monkeypatch, 0, heartbeat.draining.set)
    run_executor.execute_next("leaves", config)
    left = found(store, run)
    assert (left.state, left.stop_request, left.step) == (State.QUEUED, SLOWLY, 0)
    heartbeat.draining.clear()
    run_executor.execute_next("does it", config)
    assert (found(store, run).state, recorded(store, run)["step"]) == (State.PAUSED, 1)


def test_a_file_that_cannot_be_written_takes_no_step_away(
    store, config, service, monkeypatch, carried_out
) -> None:
    straight = carried_out(SETTINGS)
    run = submitted(store)
    assert service.step_slowly(run, "ann")
    save = Artifacts.save

    def broken(self: Artifacts, run_id: str, name: str, content: bytes) -> str:
        if name == FILE:
            raise ValueError("the worker breaks at this very file")
        return save(self, run_id, name, content)

    with monkeypatch.context() as patch:
        patch.setattr(Artifacts, "save", broken)
        run_executor.execute_next("breaks", config)
    assert found(store, run).state == State.FAILED
    assert store.runs.requeue(run.id, "ann", run.settings)
    run_executor.execute_next("goes on", config)
    assert found(store, run).test == straight.test


def test_nobody_else_can_ask_and_what_is_gone_takes_no_step(store, config, service) -> None:
    run = submitted(store)
    assert not service.step_slowly(run, "bob")
    assert found(store, run).stop_request == StopRequest.NOTHING
    run_executor.execute_next("ticket", config)
    assert not service.step_slowly(run, "ann"), "it has ended, though the page shows it waiting"
    assert found(store, run).state == State.FINISHED
    assert store.runs.delete(run.id, "ann")
    assert not service.step_slowly(run, "ann")


def test_a_step_that_ruins_the_network_is_shown_all_the_same(store, config, service) -> None:
    settings = TrainingSettings(
        hidden_layers=(64, 32), learning_rate=10, optimizer="sgd", epochs=1, batch_size=32
    )
    run = submitted(store, settings)
    for number in range(20):
        assert service.step_slowly(found(store, run), "ann")
        run_executor.execute_next(f"ticket {number}", config)
        if found(store, run).state == State.FAILED:
            break
    failed = found(store, run)
    assert failed.failure.startswith("Training ran away at step")
    record = recorded(store, run)
    assert record["step"] == failed.step
    after = record["loss"][1]
    assert after is None or after > 1e4
    reference = failed.artifacts[FILE]
    json.loads(store.artifacts.load(run.id, reference), parse_constant=pytest.fail)
