"""Runs carried out in this process to their end, and what is kept of them."""

import json
import threading
import time
from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

import keras
import numpy as np
import pytest

from digits.challenges import TURNED_SEVEN, turned_seven
from digits.dataset import Mnist
from digits.fine_tuning import teach
from digits.inference import digit_probabilities
from digits.network import build_network, dense_layers
from digits.progress import Checkpoint
from digits.settings import TrainingSettings
from digits.training import UNCOMPILED_STEPS, train
from model_store.records import (
    FineTuningResult,
    LabelledDrawing,
    PlannedFineTuning,
    Requests,
    Run,
    State,
    StopRequest,
)
from model_store.store import Store, shared_store
from tests.support.executed_runs import SETTINGS, STEPS, found, weights
from trainer import (
    evaluation,
    fine_tuning,
    heartbeat,
    preparation,
    report_writer,
    run_executor,
)
from trainer.bounded_cache import BoundedCache
from trainer.checkpoints import packed, seconds_between_checkpoints, unpacked
from trainer.evaluation import keras_file
from trainer.run_settings import changes_of
from trainer.speed_probe import timed


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
    (shares,) = digit_probabilities(weights(store, run), "relu", turned_seven()[None])
    assert run.test[TURNED_SEVEN] == shares.argmax()
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


def test_settings_asked_for_on_the_way_hold_from_their_step_on_and_repeat(store, config) -> None:
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
    run_executor.execute_next("ticket", config)
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
    again = train(settings, preparation.dataset(config.mnist_folder), changes=changes_of(ended))
    losses = np.concatenate([each.series["loss"] for each in again if len(each)])
    assert (points["loss"] == losses[points.steps - 1]).all()


def test_more_epochs_go_on_where_it_ended(store, config, carried_out) -> None:
    longer = SETTINGS.model_copy(update={"epochs": 5})
    straight = carried_out(longer)
    run = carried_out(SETTINGS)
    assert store.runs.requeue(run.id, "ann", longer.model_dump(mode="json"))
    run_executor.execute_next("more", config)
    run = found(store, run)
    assert run.total_steps == run.step == straight.step
    assert run.test == straight.test


def test_long_runs_keep_means_of_several_batches(store, carried_out, monkeypatch) -> None:
    every = carried_out(SETTINGS)
    monkeypatch.setattr(report_writer, "MOST_POINTS", 100)
    means = carried_out(SETTINGS)
    all_losses = store.progress.since(every.id).points["loss"]
    points = store.progress.since(means.id).points
    assert len(points) <= 100
    assert points.steps[-1] == STEPS
    assert points["loss"][0] == pytest.approx(all_losses[:4].mean(), rel=1e-6)
    assert points["loss"][-1] == pytest.approx(all_losses[-(STEPS % 4) :].mean(), rel=1e-6)


def test_without_work_a_ticket_does_nothing(store, config) -> None:
    run_executor.execute_next("ticket", config)
    assert store.runs.active() == []


@pytest.mark.parametrize(
    ("layers", "seconds"), [((), 1), ((128, 64), 1), ((512, 256), 4.3), ((1024, 1024), 10)]
)
def test_weights_are_kept_about_once_a_second(layers: tuple[int, ...], seconds: float) -> None:
    settings = TrainingSettings(hidden_layers=layers)
    assert seconds_between_checkpoints(settings) == pytest.approx(seconds, abs=0.1)


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


def test_a_worker_is_timed_only_while_it_has_nothing_else_to_do(store, config) -> None:
    timing = preparation.probe(config, SETTINGS.model_copy(update={"augment": 1.0}))
    assert timing is not None
    assert timing.step > 0
    assert timing.deforming > 0
    run = store.runs.create("ann", SETTINGS.model_dump(mode="json"), "test")
    assert store.queue.claim("ticket")
    with heartbeat.heartbeat(store, run, "ticket"):
        assert preparation.probe(config, SETTINGS) is None


def test_timing_a_worker_gives_way_to_a_run(small_mnist: Mnist) -> None:
    asked = iter([True, True, False])
    assert timed(SETTINGS, small_mnist, lambda: next(asked)) is None
    assert next(asked, None) is None, "it went on after it was told not to"


class TestFineTuning:
    """A network that is taught instead of trained."""

    @pytest.fixture
    def trained(self, carried_out: Callable[[TrainingSettings], Run]) -> Run:
        return carried_out(SETTINGS.model_copy(update={"epochs": 1}))

    @pytest.fixture
    def taught(self, store: Store, trained: Run, small_mnist: Mnist) -> Run:
        """A lesson in line: a test image is to be read as the digit after its own."""
        label = (int(small_mnist.test_labels[0]) + 1) % 10
        store.corrections.add("ann", LabelledDrawing(small_mnist.test_images[0].tobytes(), label))
        return store.runs.create("ann", trained.settings, "taught", PlannedFineTuning(trained.id))

    def test_it_says_what_it_was_taught_and_what_that_did(
        self, store, config, trained, taught
    ) -> None:
        run_executor.execute_next("ticket", config)
        given = found(store, taught)
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

    def test_it_stops_when_its_owner_wants(self, store, config, taught, monkeypatch) -> None:
        def stopped(run_id: str, *arguments, **values) -> Requests:
            wish = append(run_id, *arguments, **values)
            if values.get("step") == 0:
                store.runs.request_stop(run_id, "ann", StopRequest.STOP)
            return wish

        kept = shared_store(config.database_url, config.artifacts_url)
        append = kept.progress.append
        monkeypatch.setattr(kept.progress, "append", stopped)
        monkeypatch.setattr(fine_tuning, "SECONDS_BETWEEN_REPORTS", 0)
        run_executor.execute_next("ticket", config)
        ended = found(store, taught)
        assert (ended.state, ended.stop_request) == (State.STOPPED, StopRequest.NOTHING)
        assert 0 < ended.step < ended.total_steps
        assert ended.artifacts == {}
        assert ended.fine_tuning == taught.fine_tuning
        assert store.runs.requeue(taught.id, "ann", taught.settings), "it can be taught again"

    def test_a_worker_that_leaves_hands_it_over(self, store, config, taught, monkeypatch) -> None:
        def draining(*arguments) -> None:
            heartbeat.draining.set()
            teach(*arguments)

        monkeypatch.setattr("trainer.fine_tuning.teach", draining)
        try:
            run_executor.execute_next("ticket", config)
        finally:
            heartbeat.draining.clear()
        assert found(store, taught).state == State.QUEUED

    def test_a_lesson_without_corrections_ends_in_a_sentence(self, store, config, taught) -> None:
        store.corrections.forget("ann")
        run_executor.execute_next("ticket", config)
        ended = found(store, taught)
        assert ended.state == State.STOPPED
        assert "nothing to teach" in ended.failure

    def test_a_lesson_without_its_network_ends_in_a_sentence(
        self, store, config, trained, taught
    ) -> None:
        store.runs.delete(trained.id, "ann")
        run_executor.execute_next("ticket", config)
        ended = found(store, taught)
        assert ended.state == State.FAILED
        assert "has been deleted" in ended.failure

    def test_a_lesson_that_was_given_is_not_put_in_line_again(self, store, config, taught) -> None:
        run_executor.execute_next("ticket", config)
        store.corrections.forget("ann")
        given = found(store, taught)
        assert not store.runs.requeue(taught.id, "ann", taught.settings)
        assert found(store, taught) == given
