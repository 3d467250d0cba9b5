"""The network that ships with the app."""

import numpy as np
import pytest

from digits.dataset import Mnist
from digits.inference import digit_probabilities
from model_store.records import WEIGHTS, Run, State
from model_store.store import Store
from trainer.checkpoints import unpacked_weights
from trainer.ready_made import READY_MADE, install


def installed(store: Store) -> Run:
    install(store)
    run = store.runs.get(READY_MADE)
    assert run is not None
    return run


def test_it_reads_the_test_images_as_well_as_its_record_says(store: Store, mnist: Mnist) -> None:
    run = installed(store)
    weights = unpacked_weights(store.artifacts.load(run.id, run.artifacts[WEIGHTS]))
    answers = digit_probabilities(weights, run.settings["activation"], mnist.test_images)
    accuracy = np.mean(answers.argmax(axis=1) == mnist.test_labels)
    assert run.test is not None
    assert accuracy == pytest.approx(run.test["accuracy"], abs=1e-4)
    assert accuracy >= 0.992


def test_it_is_finished_belongs_to_nobody_and_has_its_curves(store: Store) -> None:
    run = installed(store)
    assert run.state == State.FINISHED
    assert run.visitor == ""
    progress = store.progress.since(run.id)
    assert progress.points.steps[-1] == run.step == run.total_steps
    assert len(progress.epochs) == run.settings["epochs"]


def test_installing_again_changes_nothing(store: Store) -> None:
    assert installed(store) == installed(store)


def test_lost_weights_are_put_back(store: Store) -> None:
    run = installed(store)
    store.artifacts.delete(run.id)
    again = installed(store)
    assert store.artifacts.load(again.id, again.artifacts[WEIGHTS])
