"""What a run makes of the drawing that travels with it: measured, kept, and gone on with."""

import math
from pathlib import Path

import numpy as np
import pytest

from config.environment import Config, config_from_environment
from digits.dataset import Mnist
from digits.inference import digit_probabilities
from digits.progress import Progress
from digits.settings import TrainingSettings
from digits.training import train
from model_store.records import Run, State
from model_store.store import Store, open_store
from trainer import run_executor
from trainer.checkpoints import unpacked_weights
from trainer.drawing_log import (
    MOST_ANSWER_CHANGES,
    NOTHING_YET,
    DrawingLog,
    Shares,
    epoch_file,
    keeps_epochs,
    shares_of,
    unpacked_shares,
)

SETTINGS = TrainingSettings(hidden_layers=(16,), batch_size=32, epochs=2)
EPOCH_STEPS = 113


def test_each_report_says_what_the_network_reads_then(small_mnist: Mnist) -> None:
    drawing = small_mnist.test_images[0]
    for progress in train(SETTINGS, small_mnist, drawing=drawing):
        weights = progress.checkpoint().weights
        expected = digit_probabilities(weights, "relu", drawing[np.newaxis])[0]
        assert progress.shares == pytest.approx(expected, abs=1e-5)


def test_a_drawing_changes_no_step(small_mnist: Mnist) -> None:
    with_drawing, without = (
        list(train(SETTINGS, small_mnist, drawing=drawing))[-1].checkpoint().weights
        for drawing in (small_mnist.test_images[0], None)
    )
    assert all(map(np.array_equal, with_drawing, without))


def report(step: int, digit: int, losses: list[float]) -> Progress:
    shares = np.full(10, 0.01, np.float32)
    shares[digit] = 0.91
    series = {"loss": np.array(losses, np.float32)} if losses else {}
    return Progress(step, series, None, lambda: pytest.fail("nobody asked"), shares=shares)


def test_only_changes_of_the_answer_are_noted() -> None:
    log = DrawingLog(bytes(784), NOTHING_YET, [])
    for each in (
        report(0, 3, []),
        report(2, 3, [2.0, 1.0]),
        report(4, 7, [1.0, 0.5]),
        report(6, 7, [0.5, 0.5]),
        report(6, 2, []),  # of a step that is known
    ):
        log.add(each)
    assert log.changes == [[0, 3, None], [4, 7, 0.75]]
    assert log.taken().steps.tolist() == [0, 2, 4, 6]
    again = unpacked_shares(log.taken().packed())
    assert np.array_equal(again.shares, log.taken().shares)


def test_a_network_that_wavers_for_ever_is_not_noted_for_ever() -> None:
    log = DrawingLog(bytes(784), NOTHING_YET, [])
    for step in range(MOST_ANSWER_CHANGES + 10):
        log.add(report(step, step % 2, [math.inf]))
    assert len(log.changes) == MOST_ANSWER_CHANGES
    assert log.changes[-1] == [MOST_ANSWER_CHANGES - 1, 1, None]
    assert len(log.taken().steps) == MOST_ANSWER_CHANGES + 10


@pytest.mark.parametrize(
    "content", [b"", b"nothing", Shares(np.zeros(3, np.int32), np.zeros(3, np.float32)).packed()]
)
def test_a_damaged_file_is_as_good_as_none(content: bytes) -> None:
    assert len(unpacked_shares(content).steps) == 0


@pytest.fixture
def config(tmp_path: Path, small_mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setenv("DATA_FOLDER", str(tmp_path))
    monkeypatch.setattr(run_executor, "dataset", lambda folder: small_mnist)
    return config_from_environment()


def kept(store: Store, run_id: str) -> Run:
    found = store.runs.get(run_id)
    assert found
    return found


def test_a_run_keeps_what_it_read_and_goes_on_with_it(config: Config, small_mnist: Mnist) -> None:
    drawing, label = small_mnist.test_images[0], int(small_mnist.test_labels[0])
    with open_store(config.database_url, config.artifacts_url) as store:
        values = SETTINGS.model_dump(mode="json")
        run = store.runs.create("ann", values, "it", drawing=drawing.tobytes())
        run_executor.execute_next("ticket", config)
        first = kept(store, run.id)
        before = shares_of(first, store)
        assert before.steps[0] == 0
        assert {EPOCH_STEPS, 2 * EPOCH_STEPS} <= set(before.steps.tolist())
        assert first.drawing_changes
        assert first.drawing_changes[-1][1] == label == before.shares[-1].argmax()
        for epoch in (1, 2):
            content = store.artifacts.load(run.id, first.artifacts[epoch_file(epoch)])
            shares = digit_probabilities(unpacked_weights(content), "relu", drawing[np.newaxis])[0]
            (at,) = np.flatnonzero(before.steps == epoch * EPOCH_STEPS)
            assert shares == pytest.approx(before.shares[at], abs=2e-3)
        assert store.runs.requeue(run.id, "ann", {**values, "epochs": 3})
        run_executor.execute_next("again", config)
        after = shares_of(kept(store, run.id), store)
        assert kept(store, run.id).state == State.FINISHED
        assert after.steps[: len(before.steps)].tolist() == before.steps.tolist()
        assert after.steps[-1] == 3 * EPOCH_STEPS
        assert len(set(after.steps.tolist())) == len(after.steps)


def test_the_weights_of_all_epochs_are_kept_only_of_small_networks(config: Config) -> None:
    assert keeps_epochs(TrainingSettings(hidden_layers=(128, 64), epochs=40))
    assert not keeps_epochs(TrainingSettings(hidden_layers=(1024, 384), epochs=10))
    with open_store(config.database_url, config.artifacts_url) as store:
        run = store.runs.create("ann", SETTINGS.model_dump(mode="json"), "without a drawing")
        run_executor.execute_next("ticket", config)
        assert epoch_file(1) not in kept(store, run.id).artifacts


def test_only_its_owner_says_what_the_drawing_is(config: Config) -> None:
    with open_store(config.database_url, config.artifacts_url) as store:
        run = store.runs.create("ann", {}, "it", drawing=bytes(784))
        assert not store.runs.label_drawing(run.id, "bob", 3)
        assert store.runs.label_drawing(run.id, "ann", 7)
        assert kept(store, run.id).drawing_label == 7
