"""A store, little data, and a run carried out by the function that workers execute."""

from collections.abc import Callable

import pytest

from config.environment import Config
from digits.dataset import Mnist
from digits.settings import TrainingSettings
from model_store.records import Run
from model_store.store import Store
from tests.support.executed_runs import found
from trainer import preparation, run_executor


@pytest.fixture(autouse=True)
def little_data(small_mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (preparation, run_executor):
        monkeypatch.setattr(module, "dataset", lambda folder: small_mnist)


@pytest.fixture
def carried_out(store: Store, config: Config) -> Callable[[TrainingSettings], Run]:
    """Carry out a run with these settings, and return how it ended."""

    def carry_out(settings: TrainingSettings) -> Run:
        run = store.runs.create("ann", settings.model_dump(mode="json"), "test")
        run_executor.execute_next("ticket", config)
        return found(store, run)

    return carry_out
