"""A branch with another activation, carried out: each file is read with the one it belongs to."""

from typing import Any

import keras
import numpy as np
import pytest

from digits.dataset import Mnist
from digits.inference import digit_probabilities
from model_store.records import State
from tests.support.executed_runs import SETTINGS, found, weights
from trainer import run_executor
from trainer.report_writer import ReportWriter
from trainer.run_settings import settings_of_weights

STEP = 150


def test_weights_are_read_with_the_activation_that_they_learned_last(
    store, config, small_mnist: Mnist, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[tuple[int, bool]] = []
    write = ReportWriter.write

    def noted(
        writer: ReportWriter, step: int, files: Any = None, *rest: Any, **values: Any
    ) -> None:
        written.append((step, "checkpoint.npz" in (files or {})))
        write(writer, step, files, *rest, **values)

    monkeypatch.setattr(ReportWriter, "write", noted)
    monkeypatch.setattr(run_executor, "seconds_between_checkpoints", lambda settings: 1e9)
    changes = [{"step": STEP, "activation": "tanh", "optimizer": "rmsprop"}]
    values = SETTINGS.model_dump(mode="json")
    run = store.runs.create("ann", values, "test", changes=changes)
    run_executor.execute_next("ticket", config)
    assert (STEP, True) in written, "or weights of relu would be read with tanh for a while"
    ended = found(store, run)
    assert ended.state == State.FINISHED
    assert settings_of_weights(ended).activation == "tanh"
    shares = digit_probabilities(weights(store, ended), "tanh", small_mnist.test_images)
    right = float((shares.argmax(axis=1) == small_mnist.test_labels).mean())
    assert ended.test is not None
    assert ended.test["accuracy"] == pytest.approx(right, abs=1e-6)
    path = tmp_path / "model.keras"
    path.write_bytes(store.artifacts.load(run.id, ended.artifacts["model.keras"]))
    inputs = small_mnist.test_images.astype(np.float32) / 255
    plain = keras.models.load_model(path).predict(inputs, verbose=0)
    assert plain == pytest.approx(shares, abs=1e-5)
