"""This project's whole path: service, worker, store, and a viewer who watches the charts."""

import math
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import psutil

from benchmarks.speed.peers import BasePeer
from config.environment import Config
from digits.dataset import DEFAULT_FOLDER, Mnist
from digits.settings import TrainingSettings
from model_store.records import ACTIVE, Run, State
from model_store.store import open_store
from trainer.service import TrainingService

VIEWER_INTERVAL = 0.25  # seconds, as often as the page asks
# Whoever asks often takes time from the training, so the end is waited for by halves.
SHORTEST_WAIT, LONGEST_WAIT = 0.005, 0.1
READY_SECONDS = 120.0
VISITOR = "benchmark"


class Peer(BasePeer):
    """Submits a run and waits until the store says that it has finished."""

    def __init__(self, mnist: Mnist, settings: TrainingSettings) -> None:
        super().__init__(mnist, settings)
        self.worker_mb = 0.0
        self.folder = TemporaryDirectory()
        data = Path(self.folder.name)
        place = Config(
            f"sqlite:///{data / 'playground.db'}",
            str(data / "artifacts"),
            DEFAULT_FOLDER.resolve(),
            None,
        )
        self.store = open_store(place.database_url, place.artifacts_url)
        self.service = TrainingService(self.store, place)
        self.service.start()
        self._wait_until_ready()

    def train(self, epochs: int) -> list[float]:
        """Train a fresh network; returns the mean loss of each epoch."""
        settings = self.settings.model_copy(update={"epochs": epochs})
        run = self.service.submit(VISITOR, settings)
        finished = Event()
        viewer = Thread(target=self._view, args=(run.id, finished))
        viewer.start()
        try:
            self._wait_until_finished(run)
        finally:
            finished.set()
            viewer.join()
        self.worker_mb = max(self.worker_mb, _children_mb())
        return [epoch.loss for epoch in self.store.progress.since(run.id).epochs]

    def peak_memory_mb(self) -> float:
        """Return the most that this process took, and the most that was seen of its worker."""
        return super().peak_memory_mb() + self.worker_mb

    def close(self) -> None:
        """End the worker and forget the runs."""
        self.service.close()
        self.store.close()
        self.folder.cleanup()

    def _view(self, run_id: str, finished: Event) -> None:
        """Read what a page reads: the run, and its points from a cursor on."""
        step = 0
        while not finished.wait(VIEWER_INTERVAL):
            self.store.runs.get(run_id)
            points = self.store.progress.since(run_id, step).points
            step = int(points.steps[-1]) if len(points) else step

    def _wait_until_finished(self, run: Run) -> None:
        while run.state in ACTIVE:
            time.sleep(min(max(_seconds_left(run) / 2, SHORTEST_WAIT), LONGEST_WAIT))
            found = self.store.runs.get(run.id)
            assert found is not None
            run = found
        if run.state != State.FINISHED:
            raise RuntimeError(f"the run ended as {run.state}: {run.failure}")

    def _wait_until_ready(self) -> None:
        """Wait until the worker is warm."""
        deadline = time.monotonic() + READY_SECONDS
        while not self.service.readiness.is_ready:
            if time.monotonic() > deadline:
                raise TimeoutError(self.service.readiness.line)
            time.sleep(0.1)


def _seconds_left(run: Run) -> float:
    """Until a run ends, as far as its last report tells; infinite before the first one."""
    if not run.steps_per_second or run.reported_at is None:
        return math.inf
    left = (run.total_steps - run.step) / run.steps_per_second
    return left - (time.time() - run.reported_at)


def _children_mb() -> float:
    children = psutil.Process().children(recursive=True)
    return float(sum(child.memory_info().rss for child in children)) / 1e6
