"""What the tests of training start from."""

import inspect
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from digits import training
from digits.compiled_loop import CompiledTrainer, TrainerPool
from digits.dataset import Mnist
from tests.support.trainings import SETTINGS, Outcome, outcome


@pytest.fixture
def new_pool(monkeypatch: pytest.MonkeyPatch) -> TrainerPool:
    """Return an empty pool that replaces the one of the process during a test."""
    pool = TrainerPool()
    monkeypatch.setattr(training, "_pool", pool)
    return pool


@pytest.fixture
def batches_taken(monkeypatch: pytest.MonkeyPatch) -> list[NDArray[np.int32]]:
    """Return a list that fills with the batches that are trained on."""
    taken: list[NDArray[np.int32]] = []
    take_steps = CompiledTrainer.take_steps
    parameters = inspect.signature(take_steps)

    def spy(*arguments: Any, **named: Any) -> Any:
        taken.extend(parameters.bind(*arguments, **named).arguments["batches"])
        return take_steps(*arguments, **named)

    monkeypatch.setattr(CompiledTrainer, "take_steps", spy)
    return taken


@pytest.fixture(scope="session")
def reference(small_mnist: Mnist) -> Outcome:
    """Return what the shared settings lead to."""
    return outcome(SETTINGS, small_mnist)
