"""Runs carried out in this process on little data, to be disturbed in the middle."""

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest

from config.environment import Config
from digits.dataset import Mnist
from digits.settings import TrainingSettings
from model_store.records import Progress, Run, State
from model_store.store import Store, open_store
from trainer import retry, run_executor

SETTINGS = TrainingSettings(hidden_layers=(16,), epochs=12, batch_size=32)
STEPS = 12 * 113  # 3,600 of 4,000 images in batches of 32


@pytest.fixture(autouse=True)
def little_data(small_mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_executor, "dataset", lambda folder: small_mnist)
    monkeypatch.setattr(retry, "SECONDS_BETWEEN_TRIES", 0.05)


@contextmanager
def mounted_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mount a real disk of so many megabytes."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a real disk of 4 MB."""
    with mounted_disk(tmp_path / "disk", 4) as folder:
        yield folder


class Hog:
    """A program that takes whatever room there is on a disk, until it ends."""

    def __init__(self, disk: Path) -> None:
        self._ballast = disk / "ballast"
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, seconds: float = 60) -> None:
        """Fill the disk, and keep it full for some seconds or until `end`."""
        self._fill()
        self._thread = threading.Thread(target=self._keep_full, args=(seconds,))
        self._thread.start()

    def end(self) -> None:
        """Give the room back."""
        self._ended.set()
        self.join()

    def join(self) -> None:
        """Wait until the room is given back."""
        if self._thread:
            self._thread.join()

    def _keep_full(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._ended.wait(0.002):
            self._fill()
        self._ballast.unlink()

    def _fill(self) -> None:
        with self._ballast.open("ab", buffering=0) as ballast:
            for size in (2**16, 2**12, 1):
                with suppress(OSError):
                    while True:
                        ballast.write(bytes(size))


@pytest.fixture
def hog(small_disk: Path) -> Iterator[Hog]:
    hog = Hog(small_disk)
    yield hog
    hog.end()


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
        until = time.monotonic() + 60
        while self.found(run_id).step < at_step and time.monotonic() < until:
            time.sleep(0.002)
        disturb()


@pytest.fixture(scope="session")
def undisturbed(
    small_mnist: Mnist, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Run, Progress]:
    """Return how the run ends when nothing happens to it, and all that it reported."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_executor, "dataset", lambda _: small_mnist)
        with closing(Workbench(folder / "store.db", folder / "artifacts")) as bench:
            run = bench.carry_out(bench.new_run())
            return run, bench.store.progress.since(run.id)


@pytest.fixture
def assert_as_undisturbed(undisturbed) -> Callable[[Workbench, Run], None]:
    """Hold a finished run against one to which nothing happened."""
    expected, reported = undisturbed

    def compare(bench: Workbench, run: Run) -> None:
        assert run.state == State.FINISHED, run.failure
        assert run.step == STEPS
        assert run.test == expected.test
        points = bench.store.progress.since(run.id).points
        np.testing.assert_array_equal(points.steps, reported.points.steps)
        np.testing.assert_array_equal(points.losses, reported.points.losses)
        assert [epoch.loss for epoch in bench.store.progress.epochs(run.id)] == [
            epoch.loss for epoch in reported.epochs
        ]

    return compare
