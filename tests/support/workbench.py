"""Runs executed in this process, to be disturbed in the middle."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from config.environment import Config
from digits.settings import TrainingSettings
from model_store.records import Run
from model_store.store import Store, open_store
from scripts.waiting import wait_until
from trainer import run_executor

SETTINGS = TrainingSettings(hidden_layers=(16,), epochs=12, batch_size=32)
STEPS = 12 * 113  # 3,600 of 4,000 images in batches of 32


class Workbench:
    """A store, and runs of one kind that are carried out on it.

    Args:
        database: the file.
        artifacts: the folder.
    """

    def __init__(self, database: Path, artifacts: Path) -> None:
        self.config = Config(f"sqlite:///{database}", str(artifacts), database.parent, None)
        self.store: Store = open_store(self.config.database_url, self.config.artifacts_url)

    def close(self) -> None:
        self.store.close()

    def new_run(self) -> str:
        return self.store.runs.create("ann", SETTINGS.model_dump(mode="json"), "test").id

    def carry_out(self, run_id: str, at_step: int = 0, disturb: Callable[[], object] = list) -> Run:
        """Carry out what is next in line; once the run has reached a step, disturb it."""
        disturbing = threading.Thread(target=self._disturb, args=(run_id, at_step, disturb))
        disturbing.start()
        run_executor.execute_next(f"ticket {time.monotonic()}", self.config)
        disturbing.join()
        return self.found(run_id)

    def go_on(self, run_id: str) -> Run:
        assert self.store.runs.requeue(run_id, "ann", SETTINGS.model_dump(mode="json"))
        return self.carry_out(run_id)

    def found(self, run_id: str) -> Run:
        run = self.store.runs.get(run_id)
        assert run is not None
        return run

    def _disturb(self, run_id: str, at_step: int, disturb: Callable[[], object]) -> None:
        wait_until(lambda: self.found(run_id).step >= at_step)
        disturb()
