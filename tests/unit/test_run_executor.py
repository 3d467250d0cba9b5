"""Runs carried out in this process, by the function that workers execute."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import keras
import numpy as np
import pytest
import tensorflow as tf

from config.environment import Config
from digits.dataset import Mnist
from digits.fine_tuning import teach
from digits.inference import digit_probabilities
from digits.network import build_network, dense_layers
from digits.progress import Checkpoint, Progress
from digits.settings import TrainingSettings
from digits.training import UNCOMPILED_STEPS, train
from model_store.artifacts import Artifacts
from model_store.limits import Limits
from model_store.records import (
    FineTuningResult,
    LabelledDrawing,
    PlannedFineTuning,
    Requests,
    Run,
    State,
    StopRequest,
)
from model_store.store import Store, open_store, shared_store
from trainer import evaluation, fine_tuning, heartbeat, report_writer, run_executor, worker
from trainer.bounded_cache import BoundedCache
from trainer.checkpoints import CheckpointDamaged, packed, unpacked, unpacked_weights
from trainer.evaluation import keras_file
from trainer.failures import MOST_ATTEMPTS, storage_failure
from trainer.report_writer import ReportWriter
from trainer.run_settings import changes_of
from trainer.worker_health import WorkerHealth

# All tests share one shape, because each new one takes a second to compile.
SETTINGS = TrainingSettings(hidden_layers=(16,), epochs=3, batch_size=32)
EPOCH_STEPS = 113
STEPS = 3 * 113  # 3,600 of 4,000 images in batches of 32


@pytest.fixture
def place(tmp_path: Path) -> Config:
    return Config(f"sqlite:///{tmp_path / 'test.db'}", str(tmp_path / "artifacts"), tmp_path, None)


@pytest.fixture
def store(place: Config) -> Iterator[Store]:
    with open_store(place.database_url, place.artifacts_url) as store:
        yield store


@pytest.fixture(autouse=True)
def little_data(small_mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_executor, "dataset", lambda folder: small_mnist)


@pytest.fixture
def carried_out(store: Store, place: Config) -> Callable[[TrainingSettings], Run]:
    """Carry out a run with these settings, and return how it ended."""

    def carry_out(settings: TrainingSettings) -> Run:
        run = store.runs.create("ann", settings.model_dump(mode="json"), "test")
        run_executor.execute_next("ticket", place)
        return found(store, run)

    return carry_out


def found(store: Store, run: Run) -> Run:
    now = store.runs.get(run.id)
    assert now is not None
    return now


def weights(store: Store, run: Run) -> list[np.ndarray]:
    return unpacked_weights(store.artifacts.load(run.id, run.artifacts["checkpoint.npz"]))


def test_the_first_steps_are_stored_while_the_next_are_still_to_come(
    store, carried_out, monkeypatch
) -> None:
    waiting: list[int] = []

    def watched(*arguments):
        for progress in train(*arguments):
            yield progress
            if progress.step == UNCOMPILED_STEPS:  # a new shape would be compiled now
                (run,) = store.runs.active()
                until = time.monotonic() + 60
                while not len(points := store.progress.since(run.id).points):
                    assert time.monotonic() < until
                    time.sleep(0.01)
                waiting.append(len(points))

    monkeypatch.setattr(run_executor, "train", watched)
    assert carried_out(SETTINGS).state == State.FINISHED
    assert waiting == [UNCOMPILED_STEPS]


def test_a_run_finishes_and_all_of_it_is_kept(store, carried_out, small_mnist) -> None:
    run = carried_out(SETTINGS)
    assert run.state == State.FINISHED
    assert run.step == run.total_steps == STEPS
    progress = store.progress.since(run.id)
    np.testing.assert_array_equal(progress.points.steps, np.arange(1, STEPS + 1))
    assert [epoch.epoch for epoch in progress.epochs] == [1, 2, 3]
    assert progress.epochs[-1].last_step == STEPS
    assert progress.epochs[-1].validation_accuracy > 0.5
    assert run.first_batch["accuracy"] < 0.4 < run.last_batch["accuracy"]
    assert run.origin["data"] == small_mnist.fingerprint
    assert "CPU" in run.origin["device"] or "GPU" in run.origin["device"]
    probabilities = digit_probabilities(weights(store, run), "relu", small_mnist.test_images)
    accuracy = np.mean(probabilities.argmax(axis=1) == small_mnist.test_labels)
    assert run.test
    assert run.test["accuracy"] == pytest.approx(accuracy, abs=1e-6)
    kept = np.frombuffer(store.artifacts.load(run.id, run.artifacts["answers.bin"]), np.uint8)
    assert np.mean(kept == small_mnist.test_labels) == pytest.approx(accuracy, abs=1e-6)


def test_stored_losses_are_without_the_penalty_which_stands_beside_them(store, carried_out) -> None:
    run = carried_out(SETTINGS.model_copy(update={"l2": 0.02}))
    progress = store.progress.since(run.id)
    penalty = 0.02 * sum(float(np.sum(kernel**2)) for kernel in weights(store, run)[::2])
    assert run.test["penalty"] == pytest.approx(penalty, rel=1e-4)
    last = progress.epochs[-1]
    of_last_epoch = progress.points["loss"][progress.points.steps > 2 * 113]
    assert last.loss == pytest.approx(of_last_epoch.mean(), rel=0.02)
    assert last.loss == pytest.approx(last.validation_loss, rel=0.2)
    assert penalty > 0.3 * last.loss, "it would be seen if it were in one of them"
    assert "penalty" not in carried_out(SETTINGS).test


def test_a_run_that_stops_early_is_finished_and_names_the_epoch_that_was_kept(
    store, carried_out
) -> None:
    run = carried_out(
        SETTINGS.model_copy(update={"epochs": 40, "learning_rate": 0.03, "patience": 1})
    )
    epochs = store.progress.since(run.id).epochs
    assert run.state == State.FINISHED
    assert run.step == run.total_steps == epochs[-1].last_step
    assert len(epochs) < 40
    best = min(epochs, key=lambda each: each.validation_loss)
    assert run.test["best_epoch"] == best.epoch == len(epochs) - 1


def test_the_keras_file_predicts_the_same_in_plain_keras(
    store, carried_out, small_mnist, tmp_path
) -> None:
    run = carried_out(SETTINGS.model_copy(update={"dropout": 0.2}))
    path = tmp_path / "taken_home.keras"
    path.write_bytes(store.artifacts.load(run.id, run.artifacts["model.keras"]))
    network = keras.models.load_model(path)
    images = small_mnist.test_images[:100]
    ours = digit_probabilities(weights(store, run), "relu", images)
    np.testing.assert_allclose(network(images / np.float32(255)), ours, atol=1e-5)
    # What Keras 3.5, 3.8, 3.10 and 3.12 refused: `make test-keras` tries them.
    for refused in ("quantization_config", "input_axes", "output_axes", "ragged", "optional"):
        assert refused not in ZipFile(path).read("config.json").decode()


def test_one_network_is_kept_for_all_seeds_and_each_file_names_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    networks = BoundedCache[keras.Sequential](10, lambda _: 1)
    monkeypatch.setattr(evaluation, "_networks", networks)
    layers = dense_layers(build_network(SETTINGS))
    weights = [each for layer in layers for each in layer.get_weights()]
    for seed in (3, 4):
        content = keras_file(SETTINGS.model_copy(update={"seed": seed}), weights)
        parts = json.loads(ZipFile(BytesIO(content)).read("config.json"))["config"]["layers"]
        dense = [part["config"] for part in parts if part["class_name"] == "Dense"]
        seeds = [each["kernel_initializer"]["config"]["seed"] for each in dense]
        assert seeds == list(range(seed, seed + len(layers)))
    assert networks.bytes_kept == 1


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


def test_stop_keeps_what_was_learned(store, place) -> None:
    settings = SETTINGS.model_copy(update={"epochs": 50})
    run = store.runs.create("ann", settings.model_dump(mode="json"), "test")
    watcher = wish_after(store, run, 200, StopRequest.STOP)
    run_executor.execute_next("ticket", place)
    watcher.join()
    run = found(store, run)
    assert run.state == State.STOPPED
    assert run.stop_request == StopRequest.NOTHING
    assert 200 <= run.step < run.total_steps
    assert store.progress.since(run.id).points.steps[-1] == run.step
    assert run.test
    assert run.test["accuracy"] > 0.5
    assert weights(store, run)


def test_settings_asked_for_on_the_way_hold_from_their_step_on_and_repeat(store, place) -> None:
    settings = SETTINGS.model_copy(update={"epochs": 30})
    run = store.runs.create("ann", settings.model_dump(mode="json"), "test")
    asked: list[float] = []

    def watch() -> None:
        until = time.monotonic() + 60
        for step, rate in ((100, 0.01), (600, 0.0002)):
            while found(store, run).step < step and time.monotonic() < until:
                time.sleep(0.002)
            assert not store.runs.request_settings(run.id, "bob", {"learning_rate": 5.0})
            assert store.runs.request_settings(run.id, "ann", {"learning_rate": rate})
            asked.append(rate)
            while len(found(store, run).changes) < len(asked) and time.monotonic() < until:
                time.sleep(0.002)

    watcher = threading.Thread(target=watch)
    watcher.start()
    run_executor.execute_next("ticket", place)
    watcher.join()
    ended = found(store, run)
    assert ended.state == State.FINISHED
    assert [each["learning_rate"] for each in ended.changes] == asked == [0.01, 0.0002]
    assert not store.runs.request_settings(run.id, "ann", {"learning_rate": 1.0}), "it has ended"
    points = store.progress.since(run.id).points
    rates = settings.learning_rate * np.ones(ended.total_steps, np.float32)
    for change in ended.changes:
        rates[change["step"] :] = change["learning_rate"]
    assert points["learning_rate"] == pytest.approx(rates[points.steps - 1])
    again = train(settings, run_executor.dataset(place.mnist_folder), changes=changes_of(ended))
    losses = np.concatenate([each.series["loss"] for each in again if len(each)])
    assert (points["loss"] == losses[points.steps - 1]).all()


def test_paused_and_continued_is_as_if_never_paused(store, place, carried_out) -> None:
    settings = SETTINGS.model_copy(update={"epochs": 20})
    straight = carried_out(settings)
    run = store.runs.create("ann", settings.model_dump(mode="json"), "test")
    watcher = wish_after(store, run, 300, StopRequest.PAUSE)
    run_executor.execute_next("first", place)
    watcher.join()
    paused = found(store, run)
    assert paused.state == State.PAUSED
    assert paused.test is None
    assert store.runs.requeue(run.id, "ann", paused.settings)
    run_executor.execute_next("second", place)
    finished = found(store, run)
    assert finished.state == State.FINISHED
    assert finished.test == straight.test
    both = [store.progress.since(each.id).points for each in (straight, finished)]
    np.testing.assert_array_equal(both[0]["loss"], both[1]["loss"])
    np.testing.assert_array_equal(both[0].steps, both[1].steps)


def test_one_step_one_epoch_and_more_epochs_are_as_if_never_paused(
    store, place, carried_out
) -> None:
    straight = carried_out(SETTINGS.model_copy(update={"epochs": 6}))
    settings = SETTINGS.model_copy(update={"epochs": 4})
    run = store.runs.create("ann", settings.model_dump(mode="json"), "test")
    assert store.runs.request_stop(run.id, "ann", StopRequest.PAUSE)
    for pause_at in (3, 4, 100, 101, EPOCH_STEPS, 2 * EPOCH_STEPS, 2 * EPOCH_STEPS + 1):
        assert store.runs.requeue(run.id, "ann", run.settings, pause_at=pause_at)
        run_executor.execute_next(f"to {pause_at}", place)
        paused = found(store, run)
        assert (paused.state, paused.step, paused.test) == (State.PAUSED, pause_at, None)
    assert store.runs.requeue(run.id, "ann", run.settings)
    run_executor.execute_next("to its end", place)
    finished = found(store, run)
    assert (finished.state, finished.step) == (State.FINISHED, 4 * EPOCH_STEPS)
    assert store.runs.requeue(run.id, "ann", {**run.settings, "epochs": 6})
    run_executor.execute_next("two epochs more", place)
    longer = found(store, run)
    assert longer.test == straight.test
    both = [store.progress.since(each.id) for each in (straight, longer)]
    np.testing.assert_array_equal(both[0].points["loss"], both[1].points["loss"])
    np.testing.assert_array_equal(both[0].points.steps, both[1].points.steps)
    assert [each.validation_loss for each in both[0].epochs] == [
        each.validation_loss for each in both[1].epochs
    ]


def test_handed_over_and_taken_up_is_as_if_never_disturbed(
    store, place, carried_out, request
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
    run_executor.execute_next("first", place)
    leaver.join()
    waiting = found(store, run)
    assert handed_over == [True]
    assert waiting.state == State.QUEUED
    assert 300 <= waiting.step < waiting.total_steps
    checkpoint = store.artifacts.load(run.id, waiting.artifacts["checkpoint.npz"])
    assert unpacked(checkpoint).step == waiting.step
    run_executor.execute_next("takes up nothing while it leaves", place)
    assert found(store, run).state == State.QUEUED
    heartbeat.draining.clear()
    run_executor.execute_next("second", place)
    finished = found(store, run)
    assert finished.state == State.FINISHED
    assert finished.test == straight.test
    both = [store.progress.since(each.id).points for each in (straight, finished)]
    np.testing.assert_array_equal(both[0]["loss"], both[1]["loss"])


def test_a_run_that_ends_its_worker_again_and_again_is_given_up(store, place) -> None:
    run = store.runs.create("ann", SETTINGS.model_dump(mode="json"), "test")
    for attempt in range(MOST_ATTEMPTS):
        assert store.queue.claim(f"died-{attempt}")
        assert store.runs.put_back(found(store, run))
    run_executor.execute_next("once more", place)
    given_up = found(store, run)
    assert given_up.state == State.FAILED
    assert "press Train again" in given_up.failure  # with no step done, nobody sees Continue
    store.runs.change(run.id, state=State.QUEUED, artifacts={"checkpoint.npz": "kept"})
    run_executor.execute_next("once more, with something kept", place)
    with_something_kept = found(store, run).failure
    assert "whoever started it can continue" in with_something_kept
    assert "press" not in with_something_kept  # others who look at it have nothing to press
    store.runs.change(run.id, artifacts={})
    assert store.runs.requeue(run.id, "ann", given_up.settings)
    run_executor.execute_next("continued", place)
    assert found(store, run).state == State.FINISHED


def test_a_run_given_to_another_worker_is_left_alone(store, place, monkeypatch) -> None:
    run = store.runs.create("ann", SETTINGS.model_dump(mode="json"), "test")

    def taken_away(*arguments: object) -> None:
        assert store.runs.put_back(found(store, run))
        assert store.queue.claim("another")
        raise RuntimeError("the zombie's own end must not count")

    monkeypatch.setattr(run_executor.RunExecutor, "execute", taken_away)
    run_executor.execute_next("zombie", place)
    assert found(store, run).state == State.RUNNING
    assert found(store, run).ticket == "another"


def test_a_run_in_hand_gives_signs_of_life(store, place, monkeypatch) -> None:
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
    store, place, monkeypatch, request
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
    run_executor.execute_next("ticket", place)
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
    store, place, monkeypatch, training, settings, can_still_train
) -> None:
    worker_health = WorkerHealth(lambda place: "CPU")
    worker_health.report(place)
    monkeypatch.setattr(run_executor, "train", training)
    values = {**SETTINGS.model_dump(mode="json"), **settings, "epochs": 1}
    for _ in range(2):
        assert worker_health.can_train()
        run = store.runs.create("ann", values, "test")
        run_executor.execute_next("ticket", place, worker_health)
        failed = found(store, run)
        assert failed.state == State.FAILED
        assert "secret" not in failed.failure
        assert "OOM" not in failed.failure
    assert worker_health.can_train() == can_still_train


def test_a_worker_that_cannot_train_hands_its_work_back(store, place, monkeypatch) -> None:
    def cannot(place: Config) -> str:
        raise RuntimeError("no kernel image")

    monkeypatch.setattr(worker, "worker_health", WorkerHealth(cannot))
    monkeypatch.setattr(worker, "SECONDS_BEFORE_HANDING_BACK", 0)
    run = store.runs.create("ann", SETTINGS.model_dump(mode="json"), "test")
    worker.work("ticket", place)
    assert found(store, run).state == State.QUEUED
    monkeypatch.setattr(worker, "worker_health", WorkerHealth(lambda place: "CPU"))
    worker.work("ticket", place)
    assert found(store, run).state == State.FINISHED


def test_more_epochs_go_on_where_it_ended(store, place, carried_out) -> None:
    longer = SETTINGS.model_copy(update={"epochs": 5})
    straight = carried_out(longer)
    run = carried_out(SETTINGS)
    assert store.runs.requeue(run.id, "ann", longer.model_dump(mode="json"))
    run_executor.execute_next("more", place)
    run = found(store, run)
    assert run.total_steps == run.step == straight.step
    assert run.test == straight.test


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
    store, place, monkeypatch, request, ending, value
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
    run_executor.execute_next("ticket", place)
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


def test_a_damaged_checkpoint_starts_the_run_over(store, place, carried_out, tmp_path) -> None:
    run = carried_out(SETTINGS)
    before = run.test
    path = tmp_path / "artifacts" / run.id / run.artifacts["checkpoint.npz"]
    path.write_bytes(path.read_bytes()[:1000])
    assert store.runs.requeue(run.id, "ann", run.settings)
    run_executor.execute_next("again", place)
    run = found(store, run)
    assert run.state == State.FINISHED
    assert run.test == before


def test_long_runs_keep_means_of_several_batches(store, carried_out, monkeypatch) -> None:
    every = carried_out(SETTINGS)
    monkeypatch.setattr(report_writer, "MOST_POINTS", 100)
    means = carried_out(SETTINGS)
    all_losses = store.progress.since(every.id).points["loss"]
    points = store.progress.since(means.id).points
    assert len(points) <= 100
    assert points.steps[-1] == STEPS
    assert points["loss"][0] == pytest.approx(all_losses[:4].mean(), rel=1e-6)
    assert points["loss"][-1] == pytest.approx(all_losses[-1], rel=1e-6)


def test_a_store_that_cannot_be_written_ends_in_a_sentence(store, carried_out, monkeypatch) -> None:
    def full(*arguments: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Artifacts, "save", full)
    run = carried_out(SETTINGS)
    assert run.state == State.FAILED
    assert "No space left on device" in run.failure


def test_without_work_a_ticket_does_nothing(store, place) -> None:
    run_executor.execute_next("ticket", place)
    assert store.runs.active() == []


@pytest.mark.parametrize(
    ("layers", "seconds"), [((), 1), ((128, 64), 1), ((512, 256), 4.3), ((1024, 1024), 10)]
)
def test_weights_are_kept_about_once_a_second(layers: tuple[int, ...], seconds: float) -> None:
    settings = TrainingSettings(hidden_layers=layers)
    assert run_executor.seconds_between_checkpoints(settings) == pytest.approx(seconds, abs=0.1)


def test_within_a_long_epoch_there_are_newer_weights(
    carried_out, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []

    def noted(checkpoint: Checkpoint) -> bytes:
        steps.append(checkpoint.step)
        return packed(checkpoint)

    monkeypatch.setattr(run_executor, "packed", noted)
    monkeypatch.setattr(run_executor, "seconds_between_checkpoints", lambda settings: 0.0)
    monkeypatch.setattr(report_writer, "SECONDS_BETWEEN_WRITES", 0.0)
    # However fast the machine is, an epoch has many reports.
    monkeypatch.setattr("digits.training.SECONDS_PER_REPORT", 0.0)
    assert carried_out(SETTINGS).state == State.FINISHED
    assert {STEPS // 3, 2 * STEPS // 3, STEPS} < set(steps)


def test_a_checkpoint_read_back_is_the_same(store, carried_out) -> None:
    run = carried_out(SETTINGS)
    checkpoint = unpacked(store.artifacts.load(run.id, run.artifacts["checkpoint.npz"]))
    assert checkpoint.step == STEPS
    assert [array.shape for array in checkpoint.weights] == [(784, 16), (16,), (16, 10), (10,)]
    assert len(checkpoint.epoch_losses) == 0


def test_a_run_out_of_time_keeps_what_it_learned(store, place) -> None:
    settings = SETTINGS.model_copy(update={"epochs": 50})
    run = store.runs.create("ann", settings.model_dump(mode="json"), "test")
    run_executor.execute_next("ticket", place._replace(limits=Limits(minutes_a_run=0.2 / 60)))
    run = found(store, run)
    assert run.state == State.STOPPED
    assert 0 < run.step < run.total_steps
    assert "minutes here, and they are over" in run.failure
    assert run.test
    assert "checkpoint.npz" in run.artifacts


class TestLessons:
    """A network that is taught instead of trained."""

    @pytest.fixture
    def trained(self, carried_out: Callable[[TrainingSettings], Run]) -> Run:
        return carried_out(SETTINGS.model_copy(update={"epochs": 1}))

    @pytest.fixture
    def lesson(self, store: Store, trained: Run, small_mnist: Mnist) -> Run:
        """A lesson in line: a test image is to be read as the digit after its own."""
        label = (int(small_mnist.test_labels[0]) + 1) % 10
        store.corrections.add("ann", LabelledDrawing(small_mnist.test_images[0].tobytes(), label))
        return store.runs.create("ann", trained.settings, "taught", PlannedFineTuning(trained.id))

    def test_it_says_what_it_was_taught_and_what_that_did(
        self, store, place, trained, lesson
    ) -> None:
        run_executor.execute_next("ticket", place)
        given = found(store, lesson)
        assert given.state == State.FINISHED
        assert isinstance(given.fine_tuning, FineTuningResult)
        assert given.fine_tuning.source == trained.id
        assert given.fine_tuning.labels == (store.corrections.of_visitor("ann")[0].label,)
        assert given.fine_tuning.own_before == 0
        assert given.test
        assert given.test["accuracy"] == pytest.approx(given.fine_tuning.test_after)
        assert given.elapsed > 0
        assert given.step == given.total_steps > 0
        assert given.origin == trained.origin
        assert digit_probabilities(weights(store, given), "relu", np.zeros((1, 28, 28))).shape

    def test_it_stops_when_its_owner_wants(self, store, place, lesson, monkeypatch) -> None:
        def stopped(run_id: str, *arguments, **values) -> Requests:
            wish = append(run_id, *arguments, **values)
            if values.get("step") == 0:
                store.runs.request_stop(run_id, "ann", StopRequest.STOP)
            return wish

        kept = shared_store(place.database_url, place.artifacts_url)
        append = kept.progress.append
        monkeypatch.setattr(kept.progress, "append", stopped)
        monkeypatch.setattr(fine_tuning, "SECONDS_BETWEEN_REPORTS", 0)
        run_executor.execute_next("ticket", place)
        ended = found(store, lesson)
        assert (ended.state, ended.stop_request) == (State.STOPPED, StopRequest.NOTHING)
        assert 0 < ended.step < ended.total_steps
        assert ended.artifacts == {}
        assert ended.fine_tuning == lesson.fine_tuning
        assert store.runs.requeue(lesson.id, "ann", lesson.settings), "it can be taught again"

    def test_a_worker_that_leaves_hands_it_over(self, store, place, lesson, monkeypatch) -> None:
        def draining(*arguments) -> None:
            heartbeat.draining.set()
            teach(*arguments)

        monkeypatch.setattr("trainer.fine_tuning.teach", draining)
        try:
            run_executor.execute_next("ticket", place)
        finally:
            heartbeat.draining.clear()
        assert found(store, lesson).state == State.QUEUED

    def test_a_lesson_without_corrections_ends_in_a_sentence(self, store, place, lesson) -> None:
        store.corrections.forget("ann")
        run_executor.execute_next("ticket", place)
        ended = found(store, lesson)
        assert ended.state == State.STOPPED
        assert "nothing to teach" in ended.failure

    def test_a_lesson_without_its_network_ends_in_a_sentence(
        self, store, place, trained, lesson
    ) -> None:
        store.runs.delete(trained.id, "ann")
        run_executor.execute_next("ticket", place)
        ended = found(store, lesson)
        assert ended.state == State.FAILED
        assert "has been deleted" in ended.failure

    def test_a_lesson_that_was_given_is_never_put_in_line_again(self, store, place, lesson) -> None:
        run_executor.execute_next("ticket", place)
        store.corrections.forget("ann")
        given = found(store, lesson)
        assert not store.runs.requeue(lesson.id, "ann", lesson.settings)
        assert found(store, lesson) == given


def test_a_worker_is_timed_only_while_it_has_nothing_else_to_do(store, place) -> None:
    timing = run_executor.probe(place, SETTINGS.model_copy(update={"augment": 1.0}))
    assert timing is not None
    assert timing.step > 0
    assert timing.deforming > 0
    run = store.runs.create("ann", SETTINGS.model_dump(mode="json"), "test")
    assert store.queue.claim("ticket")
    with heartbeat.heartbeat(store, run, "ticket"):
        assert run_executor.probe(place, SETTINGS) is None


def test_a_run_of_other_limits_ends_in_a_sentence_and_the_next_one_starts(store, place) -> None:
    values = SETTINGS.model_dump(mode="json")
    old = store.runs.create("ann", {**values, "epochs": 80, "momentum": 0.9}, "old")
    after = store.runs.create("bob", {**values, "epochs": 1}, "after")
    assert run_executor.execute_next("first", place)
    ended = found(store, old)
    assert ended.state == State.FAILED
    assert "another version" in ended.failure
    assert "Epochs: a whole number from 1 to 50, not “80”." in ended.failure
    assert "“momentum” is not a setting." in ended.failure
    assert run_executor.execute_next("second", place)
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
