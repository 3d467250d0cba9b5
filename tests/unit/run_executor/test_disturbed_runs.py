"""Runs that are stopped, paused, handed over, hang, run away or fail, and their workers."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from config.environment import Config
from digits.progress import Progress
from digits.settings import TrainingSettings
from digits.training import train
from model_store.artifacts import Artifacts
from model_store.limits import Limits
from model_store.records import (
    Requests,
    Run,
    State,
    StopRequest,
)
from model_store.store import Store
from tests.support.executed_runs import EPOCH_STEPS, SETTINGS, found, weights
from trainer import heartbeat, run_executor, worker
from trainer.checkpoints import CheckpointDamaged, unpacked
from trainer.failures import MOST_ATTEMPTS, storage_failure
from trainer.report_writer import ReportWriter
from trainer.worker_health import WorkerHealth


def wish_after(store: Store, run: Run, step: int, wish: StopRequest) -> threading.Thread:
    """Wish for something, in another thread, as soon as the run has reached a step."""

    def watch() -> None:
        until = time.monotonic() + 60
        while found(store, run).step < step and time.monotonic() < until:
            time.sleep(0.002)
        assert store.runs.request_stop(run.id, "ann", wish)

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


def test_stop_keeps_what_was_learned(store, config) -> None:
    settings = SETTINGS.model_copy(update={"epochs": 50})
    run = store.runs.create("ann", settings.model_dump(mode="json"), "test")
    watcher = wish_after(store, run, 200, StopRequest.STOP)
    run_executor.execute_next("ticket", config)
    watcher.join()
    run = found(store, run)
    assert run.state == State.STOPPED
    assert run.stop_request == StopRequest.NOTHING
    assert 200 <= run.step < run.total_steps
    assert store.progress.since(run.id).points.steps[-1] == run.step
    assert run.test
    assert run.test["accuracy"] > 0.5
    assert weights(store, run)


def test_paused_and_continued_is_as_if_never_paused(store, config, carried_out) -> None:
    settings = SETTINGS.model_copy(update={"epochs": 20})
    straight = carried_out(settings)
    run = store.runs.create("ann", settings.model_dump(mode="json"), "test")
    watcher = wish_after(store, run, 300, StopRequest.PAUSE)
    run_executor.execute_next("first", config)
    watcher.join()
    paused = found(store, run)
    assert paused.state == State.PAUSED
    assert paused.test is None
    assert store.runs.requeue(run.id, "ann", paused.settings)
    run_executor.execute_next("second", config)
    finished = found(store, run)
    assert finished.state == State.FINISHED
    assert finished.test == straight.test
    both = [store.progress.since(each.id).points for each in (straight, finished)]
    np.testing.assert_array_equal(both[0]["loss"], both[1]["loss"])
    np.testing.assert_array_equal(both[0].steps, both[1].steps)


def test_one_step_one_epoch_and_more_epochs_are_as_if_never_paused(
    store, config, carried_out
) -> None:
    straight = carried_out(SETTINGS.model_copy(update={"epochs": 6}))
    settings = SETTINGS.model_copy(update={"epochs": 4})
    run = store.runs.create("ann", settings.model_dump(mode="json"), "test")
    assert store.runs.request_stop(run.id, "ann", StopRequest.PAUSE)
    for pause_at in (3, 4, 100, 101, EPOCH_STEPS, 2 * EPOCH_STEPS, 2 * EPOCH_STEPS + 1):
        assert store.runs.requeue(run.id, "ann", run.settings, pause_at=pause_at)
        run_executor.execute_next(f"to {pause_at}", config)
        paused = found(store, run)
        assert (paused.state, paused.step, paused.test) == (State.PAUSED, pause_at, None)
    assert store.runs.requeue(run.id, "ann", run.settings)
    run_executor.execute_next("to its end", config)
    finished = found(store, run)
    assert (finished.state, finished.step) == (State.FINISHED, 4 * EPOCH_STEPS)
    assert store.runs.requeue(run.id, "ann", {**run.settings, "epochs": 6})
    run_executor.execute_next("two epochs more", config)
    longer = found(store, run)
    assert longer.test == straight.test
    both = [store.progress.since(each.id) for each in (straight, longer)]
    np.testing.assert_array_equal(both[0].points["loss"], both[1].points["loss"])
    np.testing.assert_array_equal(both[0].points.steps, both[1].points.steps)
    assert [each.validation_loss for each in both[0].epochs] == [
        each.validation_loss for each in both[1].epochs
    ]


def test_handed_over_and_taken_up_is_as_if_never_disturbed(
    store, config, carried_out, request
) -> None:
    request.addfinalizer(heartbeat.draining.clear)
    settings = SETTINGS.model_copy(update={"epochs": 20})
    straight = carried_out(settings)
    run = store.runs.create("ann", settings.model_dump(mode="json"), "test")
    handed_over: list[bool] = []

    def leave() -> None:
        while found(store, run).step < 300:
            time.sleep(0.002)
        handed_over.append(heartbeat.drain(10))

    leaver = threading.Thread(target=leave)
    leaver.start()
    run_executor.execute_next("first", config)
    leaver.join()
    waiting = found(store, run)
    assert handed_over == [True]
    assert waiting.state == State.QUEUED
    assert 300 <= waiting.step < waiting.total_steps
    checkpoint = store.artifacts.load(run.id, waiting.artifacts["checkpoint.npz"])
    assert unpacked(checkpoint).step == waiting.step
    run_executor.execute_next("takes up nothing while it leaves", config)
    assert found(store, run).state == State.QUEUED
    heartbeat.draining.clear()
    run_executor.execute_next("second", config)
    finished = found(store, run)
    assert finished.state == State.FINISHED
    assert finished.test == straight.test
    both = [store.progress.since(each.id).points for each in (straight, finished)]
    np.testing.assert_array_equal(both[0]["loss"], both[1]["loss"])


def test_a_run_that_ends_its_worker_again_and_again_is_given_up(store, config) -> None:
    run = store.runs.create("ann", SETTINGS.model_dump(mode="json"), "test")
    for attempt in range(MOST_ATTEMPTS):
        assert store.queue.claim(f"died-{attempt}")
        assert store.runs.put_back(found(store, run))
    run_executor.execute_next("once more", config)
    given_up = found(store, run)
    assert given_up.state == State.FAILED
    assert "press Train again" in given_up.failure  # with no step done, nobody sees Continue
    store.runs.change(run.id, state=State.QUEUED, artifacts={"checkpoint.npz": "kept"})
    run_executor.execute_next("once more, with something kept", config)
    with_something_kept = found(store, run).failure
    assert "whoever started it can continue" in with_something_kept
    assert "press" not in with_something_kept  # others who look at it have nothing to press
    store.runs.change(run.id, artifacts={})
    assert store.runs.requeue(run.id, "ann", given_up.settings)
    run_executor.execute_next("continued", config)
    assert found(store, run).state == State.FINISHED


def test_a_run_given_to_another_worker_is_left_alone(store, config, monkeypatch) -> None:
    run = store.runs.create("ann", SETTINGS.model_dump(mode="json"), "test")

    def taken_away(*arguments: object) -> None:
        assert store.runs.put_back(found(store, run))
        assert store.queue.claim("another")
        raise RuntimeError("the zombie's own end must not count")

    monkeypatch.setattr(run_executor.RunExecutor, "execute", taken_away)
    run_executor.execute_next("zombie", config)
    assert found(store, run).state == State.RUNNING
    assert found(store, run).ticket == "another"


def test_a_run_in_hand_gives_signs_of_life(store, config, monkeypatch) -> None:
    monkeypatch.setattr(heartbeat, "SECONDS_BETWEEN_SIGNS", 0.01)
    run = store.runs.create("ann", SETTINGS.model_dump(mode="json"), "test")
    assert store.queue.claim("ticket")
    before = found(store, run).reported_at
    with heartbeat.heartbeat(store, run, "ticket"):
        until = time.monotonic() + 60
        while found(store, run).reported_at == before:
            assert time.monotonic() < until
            time.sleep(0.01)


def test_a_run_that_hangs_gives_none_and_ends_its_process(
    store, config, monkeypatch, request
) -> None:
    request.addfinalizer(heartbeat.draining.clear)
    ended = threading.Event()
    monkeypatch.setattr(heartbeat, "_end_process", ended.set)
    monkeypatch.setattr(heartbeat, "SECONDS_BETWEEN_SIGNS", 0.05)
    monkeypatch.setattr(run_executor, "SECONDS_OF_PREPARING", 2)
    monkeypatch.setattr(heartbeat, "SECONDS_TO_DRAIN", 0.1)
    signs: list[float | None] = []

    def hanging(*arguments: Any) -> Iterator[Progress]:
        yield next(iter(train(*arguments)))
        assert ended.wait(60)
        signs.append(store.runs.active()[0].reported_at)
        time.sleep(0.2)
        signs.append(store.runs.active()[0].reported_at)
        raise AssertionError("its process has ended by now")

    monkeypatch.setattr(run_executor, "train", hanging)
    store.runs.create("ann", SETTINGS.model_dump(mode="json"), "test")
    run_executor.execute_next("ticket", config)
    assert signs[0] == signs[1]
    assert heartbeat.draining.is_set()


def test_a_process_that_was_suspended_is_not_taken_for_one_that_hangs() -> None:
    now = [0.0]
    watchdog = heartbeat.Watchdog(lambda: now[0])
    watchdog.beat(30)
    now[0] += 3600
    assert watchdog.is_there()
    for _ in range(3):
        now[0] += heartbeat.SECONDS_BETWEEN_SIGNS
        assert watchdog.is_there()
    for _ in range(2):
        now[0] += heartbeat.SECONDS_BETWEEN_SIGNS
    assert not watchdog.is_there()
    watchdog.beat(30)
    assert watchdog.is_there()


def broken(*arguments: Any) -> Iterator[Progress]:
    yield next(iter(train(*arguments)))
    raise RuntimeError("**XLA** says no, in /opt/secret/path")


def out_of_memory(*arguments: Any) -> Iterator[Progress]:
    yield next(iter(train(*arguments)))
    raise tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")


@pytest.mark.parametrize(
    ("training", "settings", "can_still_train"),
    [
        (broken, {}, False),
        (out_of_memory, {}, True),
        (train, {"learning_rate": 10, "optimizer": "sgd", "hidden_layers": (64, 32)}, True),
        (train, {"batch_size": 1_000_000}, True),
    ],
)
def test_two_runs_failed_by_its_own_fault_are_the_last_of_a_worker(
    store, config, monkeypatch, training, settings, can_still_train
) -> None:
    worker_health = WorkerHealth(lambda config: "CPU")
    worker_health.report(config)
    monkeypatch.setattr(run_executor, "train", training)
    values = {**SETTINGS.model_dump(mode="json"), **settings, "epochs": 1}
    for _ in range(2):
        assert worker_health.can_train()
        run = store.runs.create("ann", values, "test")
        run_executor.execute_next("ticket", config, worker_health)
        failed = found(store, run)
        assert failed.state == State.FAILED
        assert "secret" not in failed.failure
        assert "OOM" not in failed.failure
    assert worker_health.can_train() == can_still_train


def test_a_worker_that_cannot_train_hands_its_work_back(store, config, monkeypatch) -> None:
    def cannot(config: Config) -> str:
        raise RuntimeError("no kernel image")

    monkeypatch.setattr(worker, "worker_health", WorkerHealth(cannot))
    monkeypatch.setattr(worker, "SECONDS_BEFORE_HANDING_BACK", 0)
    run = store.runs.create("ann", SETTINGS.model_dump(mode="json"), "test")
    worker.work("ticket", config)
    assert found(store, run).state == State.QUEUED
    monkeypatch.setattr(worker, "worker_health", WorkerHealth(lambda config: "CPU"))
    worker.work("ticket", config)
    assert found(store, run).state == State.FINISHED


def test_a_run_that_runs_away_says_so_and_keeps_its_points(store, carried_out) -> None:
    run = carried_out(
        TrainingSettings(hidden_layers=(64, 32), learning_rate=10, optimizer="sgd", epochs=1)
    )
    assert run.state == State.FAILED
    assert "Try a learning rate a tenth of 10" in run.failure
    steps = store.progress.since(run.id).points.steps
    assert steps[-1] == run.step > 0


def test_a_run_that_runs_away_in_its_very_last_step_says_so_too(store, carried_out) -> None:
    settings = TrainingSettings(batch_size=4096, epochs=50, optimizer="sgd", learning_rate=10)
    ruined_by = carried_out(settings).step
    run = carried_out(settings.model_copy(update={"epochs": ruined_by}))
    assert run.state == State.FAILED
    assert run.failure.startswith(f"Training ran away at step {ruined_by}:")
    assert run.step == run.total_steps == ruined_by
    assert store.progress.since(run.id).points.steps[-1] == ruined_by
    assert run.test is None


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
@pytest.mark.parametrize("ending", [StopRequest.STOP, StopRequest.PAUSE, "leaving", "out of time"])
def test_a_run_that_runs_away_just_before_its_end_says_so_too(
    store, config, monkeypatch, request, ending, value
) -> None:
    request.addfinalizer(heartbeat.draining.clear)
    settings = SETTINGS.model_copy(update={"epochs": 50})
    run = store.runs.create("ann", settings.model_dump(mode="json"), "test")

    def ruined_in_its_first_steps(*arguments: Any) -> Iterator[Progress]:
        training: Any = train(*arguments)
        yield next(training)
        if isinstance(ending, StopRequest):
            store.runs.request_stop(run.id, "ann", ending)
        asked.set()
        last = next(training)
        for variable in training.gi_frame.f_locals["run"].trainer.network.trainable_variables:
            variable.assign(np.full(variable.shape, value, np.float32))
        if ending == "leaving":
            heartbeat.draining.set()
        elif ending == "out of time":
            monkeypatch.setattr(ReportWriter, "elapsed", lambda self: 1e9)
        yield last
        raise AssertionError("it was to end here")

    def heard(self: Any, *arguments: Any) -> Requests:
        assert asked.wait(60)  # the wish comes while the first report is still to be written
        return write(self, *arguments)

    asked = threading.Event()
    write = ReportWriter._save
    monkeypatch.setattr(ReportWriter, "_save", heard)
    monkeypatch.setattr(run_executor, "train", ruined_in_its_first_steps)
    run_executor.execute_next("ticket", config)
    run = found(store, run)
    assert run.state == State.FAILED
    assert run.failure == training_ran_away(run.step)
    assert run.stop_request == StopRequest.NOTHING
    assert run.step > 0


def training_ran_away(step: int) -> str:
    return (
        f"Training ran away at step {step}: each step overshot the valley and the loss grew "
        "beyond 10,000, where guessing gives 2.3. Try a learning rate a tenth of 0.001."
    )


def test_a_damaged_checkpoint_starts_the_run_over(store, config, carried_out, tmp_path) -> None:
    run = carried_out(SETTINGS)
    before = run.test
    path = tmp_path / "artifacts" / run.id / run.artifacts["checkpoint.npz"]
    path.write_bytes(path.read_bytes()[:1000])
    assert store.runs.requeue(run.id, "ann", run.settings)
    run_executor.execute_next("again", config)
    run = found(store, run)
    assert run.state == State.FINISHED
    assert run.test == before


def test_a_store_that_cannot_be_written_ends_in_a_sentence(store, carried_out, monkeypatch) -> None:
    def full(*arguments: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Artifacts, "save", full)
    run = carried_out(SETTINGS)
    assert run.state == State.FAILED
    assert "No space left on device" in run.failure


def test_a_run_out_of_time_keeps_what_it_learned(store, config) -> None:
    settings = SETTINGS.model_copy(update={"epochs": 50})
    run = store.runs.create("ann", settings.model_dump(mode="json"), "test")
    run_executor.execute_next("ticket", config._replace(limits=Limits(minutes_a_run=0.2 / 60)))
    run = found(store, run)
    assert run.state == State.STOPPED
    assert 0 < run.step < run.total_steps
    assert "minutes here, and they are over" in run.failure
    assert run.test
    assert "checkpoint.npz" in run.artifacts


def test_a_run_of_other_limits_ends_in_a_sentence_and_the_next_one_starts(store, config) -> None:
    values = SETTINGS.model_dump(mode="json")
    old = store.runs.create("ann", {**values, "epochs": 80, "momentum": 0.9}, "old")
    after = store.runs.create("bob", {**values, "epochs": 1}, "after")
    assert run_executor.execute_next("first", config)
    ended = found(store, old)
    assert ended.state == State.FAILED
    assert "another version" in ended.failure
    assert "Epochs: a whole number from 1 to 50, not “80”." in ended.failure
    assert "“momentum” is not a setting." in ended.failure
    assert run_executor.execute_next("second", config)
    assert found(store, after).state == State.FINISHED


def test_a_failure_names_no_file_of_the_server() -> None:
    for error in (
        OSError("/srv/playground/artifacts/abc is broken"),
        PermissionError(13, "Permission denied", "/srv/playground/artifacts/abc"),
    ):
        sentence = storage_failure(error)
        assert "could not be written" in sentence
        assert "/srv" not in sentence
    with pytest.raises(CheckpointDamaged, match="Train it again"):
        unpacked(b"no checkpoint")
