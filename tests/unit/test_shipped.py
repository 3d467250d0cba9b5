"""The commands that make what ships with the app, on a few images."""

import json
from pathlib import Path

import numpy as np
import pytest

from digits import outlier_detection
from digits.dataset import Mnist
from digits.settings import TrainingSettings
from lesson import arithmetic, learning_rates, overfitting
from model_store.records import State
from model_store.store import open_store
from scripts import (
    make_detector,
    make_first_epoch,
    make_learning_rates,
    make_overfitting,
    make_ready_made,
)
from trainer import ready_made, run_executor


def test_the_ready_made_network_can_be_made_again(
    small_mnist: Mnist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_executor, "dataset", lambda folder: small_mnist)
    settings = TrainingSettings(hidden_layers=(16,), epochs=3, batch_size=32)
    shipped = json.loads((ready_made.FOLDER / ready_made.RECORD).read_text())
    names = {path.name for path in ready_made.FOLDER.iterdir()}
    make_ready_made.make(settings, tmp_path / "made")
    assert {path.name for path in (tmp_path / "made").iterdir()} == names
    monkeypatch.setattr(ready_made, "FOLDER", tmp_path / "made")
    assert json.loads((tmp_path / "made" / ready_made.RECORD).read_text()).keys() == shipped.keys()
    with open_store(f"sqlite:///{tmp_path / 'test.db'}", str(tmp_path / "artifacts")) as store:
        ready_made.install(store)
        run = store.runs.get(ready_made.READY_MADE)
        progress = store.progress.since(ready_made.READY_MADE)
    assert run is not None
    assert run.state == State.FINISHED
    assert run.test is not None
    assert run.test["accuracy"] > 0.5
    assert progress.points.steps[-1] == run.step == run.total_steps
    assert len(progress.epochs) == settings.epochs


def test_the_first_epoch_can_be_recorded_again(
    small_mnist: Mnist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = json.loads(arithmetic.RECORD.read_text())
    monkeypatch.setattr(arithmetic, "RECORD", tmp_path / "first_epoch.json")
    make_first_epoch.make(small_mnist, arithmetic.RECORD)
    assert json.loads(arithmetic.RECORD.read_text()).keys() == shipped.keys()
    epoch = arithmetic.first_epoch()
    assert len(epoch.accuracies) == 57  # 3,600 of 4,000 images in batches of 64
    assert epoch.accuracies[0] < epoch.accuracy < epoch.validation_accuracy


def test_a_run_that_overfits_can_be_recorded_again(
    small_mnist: Mnist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = json.loads(overfitting.RECORD.read_text())
    assert shipped["settings"] == overfitting.OVERFITTING.to_query()
    run = overfitting.overfitting()
    assert len(run.training) == len(run.validation) == overfitting.OVERFITTING.epochs
    lowest = run.validation[run.best_epoch - 1]
    assert run.training[-1] < 0.01 < lowest < run.validation[-1], "it overfits"
    figure = overfitting.overfitting_figure(run)
    assert list(figure.data[2].x) == [run.best_epoch]
    monkeypatch.setattr(overfitting, "RECORD", tmp_path / "overfitting.json")
    small = overfitting.OVERFITTING.model_copy(update={"hidden_layers": (16,), "epochs": 2})
    make_overfitting.make(small_mnist, overfitting.RECORD, small)
    made = json.loads(overfitting.RECORD.read_text())
    assert made.keys() == shipped.keys()
    assert len(overfitting.overfitting().training) == 2


def test_runs_with_three_learning_rates_can_be_recorded_again_and_show_what_is_said(
    small_mnist: Mnist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = json.loads(learning_rates.RECORD.read_text())
    assert shipped["settings"] == learning_rates.START.to_query()
    assert shipped["rates"] == learning_rates.RATES
    runs = learning_rates.learning_rates()
    small, right, large = (runs.losses[name] for name in ("too small", "right", "too large"))
    assert right[-1] < 0.5 < 2 < small[-1] < small[0], "one creeps, one learns"
    assert large.max() > learning_rates.HIGHEST_SHOWN, "one leaps"
    assert 1.5 < large[-1] < 2.3
    assert f"leaps up to {large.max():.2f}" in runs.in_words()
    figure = learning_rates.learning_rates_figure(runs)
    assert [len(trace.y) for trace in figure.data] == [len(runs.steps)] * 3
    monkeypatch.setattr(learning_rates, "RECORD", tmp_path / "learning_rates.json")
    short = learning_rates.START.model_copy(update={"images_used": 500, "epochs": 1})
    make_learning_rates.make(small_mnist, learning_rates.RECORD, short)
    made = json.loads(learning_rates.RECORD.read_text())
    assert made.keys() == shipped.keys()
    again = learning_rates.learning_rates()
    assert {len(losses) for losses in again.losses.values()} == {len(again.steps)}


def test_the_detector_can_be_trained_again(
    small_mnist: Mnist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digits, others = make_detector.training_images(small_mnist, np.random.default_rng(0), 0.02)
    made = make_detector.train_detector(digits, others, epochs=2)
    with np.load(outlier_detection.DETECTOR) as shipped:
        forms = [(shipped[name].shape, shipped[name].dtype) for name in shipped.files]
    assert [(weights.shape, weights.dtype) for weights in made] == forms
    monkeypatch.setattr(outlier_detection, "DETECTOR", tmp_path / "detector.npz")
    np.savez_compressed(outlier_detection.DETECTOR, *made)
    outlier_detection.detector.cache_clear()
    try:
        scores = [outlier_detection.detector_score(images).mean() for images in (digits, others)]
    finally:
        outlier_detection.detector.cache_clear()
    assert scores[0] < 0 < scores[1]
