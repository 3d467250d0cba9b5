"""Workers that cannot train, that fail, and that hang: real ones, with a real scheduler.

Each drill is repeated; DRILLS says how often (3).
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from config.environment import Config
from digits.settings import TrainingSettings
from model_store.records import Run, State
from model_store.store import Store, open_store
from scripts.cluster import ROOT
from scripts.ports import free_port
from tests.cluster.processes import kill_all
from tests.conftest import MNIST_FOLDER
from trainer.service import TrainingService
from trainer.worker_health import CANNOT_START, FAILED_TWICE

TIMES = int(os.environ.get("DRILLS", "3"))
# Of the shape that a warm worker knows, and short.
SETTINGS = TrainingSettings(epochs=1)
SECONDS = 240

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900 + 120 * TIMES)]


class Machine(NamedTuple):
    """A process of Dask's, as if on a machine of its own."""

    log: Path
    process: "subprocess.Popen[bytes]"

    def kill(self) -> None:
        if self.process.poll() is None:
            kill_all(psutil.Process(self.process.pid))
            self.process.wait()


class Machines:
    """A scheduler, workers of any kind, and the service of a web process."""

    def __init__(self, folder: Path) -> None:
        (folder / "mnist").symlink_to(MNIST_FOLDER)
        self.folder = folder
        self.port = free_port()
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.config = Config(
            f"sqlite:///{folder / 'store.db'}",
            str(folder / "artifacts"),
            folder / "mnist",
            self.address,
        )
        self.store: Store = open_store(self.config.database_url, self.config.artifacts_url)
        self.machines: list[Machine] = []
        self.scheduler()
        self.service = TrainingService(self.store, self.config)

    def scheduler(self) -> None:
        command = ["scheduler", "--host", self.address, "--port", str(self.port), "--no-dashboard"]
        self._started("scheduler", command, "")

    def worker(self, broken: str = "") -> Machine:
        """Start a worker; it joins when it likes."""
        preloads = ["--preload", "tests.faults.broken_worker"] if broken else []
        command = [
            *("worker", self.address, "--no-dashboard", "--nworkers", "1", "--nthreads", "2"),
            *("--resources", "trainer=1", "--memory-limit", "0", *preloads),
            *(["--preload", "trainer.preload"] if broken else []),
            *("--local-directory", str(self.folder / "dask")),
        ]
        return self._started(f"worker-{len(self.machines)}", command, broken)

    def submit(self, visitor: str) -> Run:
        return self.service.submit(visitor, SETTINGS)

    def found(self, run: Run) -> Run:
        now = self.store.runs.get(run.id)
        assert now is not None
        return now

    def wait(self, condition: Callable[[], object]) -> None:
        until = time.monotonic() + SECONDS
        while not condition():
            assert time.monotonic() < until, self.said()
            time.sleep(0.1)

    def wait_for_the_end_of(self, *runs: Run) -> None:
        self.wait(lambda: not any(self.found(run).is_active for run in runs))

    def said(self) -> str:
        """The last that each process wrote."""
        return "\n".join(each.log.read_text()[-3000:] for each in self.machines)

    def close(self) -> None:
        self.service.close()
        for machine in reversed(self.machines):
            machine.kill()
        self.store.close()

    def _started(self, name: str, command: list[str], broken: str) -> Machine:
        environment = {
            "DASK_CONFIG": str(ROOT / "trainer" / "dask.yaml"),
            "DATA_FOLDER": str(self.folder),
            "DATABASE_URL": self.config.database_url,
            "ARTIFACTS_URL": self.config.artifacts_url,
            "BROKEN_WORKER": broken,
            "TF_CPP_MIN_LOG_LEVEL": "3",
        }
        log = self.folder / f"{name}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *command],
                cwd=ROOT,
                env={**os.environ, **environment},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.machines.append(Machine(log, process))
        return self.machines[-1]


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    with ExitStack() as ending:
        machines = Machines(tmp_path)
        ending.callback(machines.close)
        yield machines


def test_one_that_cannot_warm_up_takes_no_run(machines: Machines) -> None:
    machines.worker("warm-up")
    machines.service.start()
    machines.wait(lambda: machines.service.readiness.line == CANNOT_START)
    waiting = machines.submit("ann")
    time.sleep(5)
    assert machines.found(waiting).state == State.QUEUED
    machines.worker()
    machines.wait(lambda: machines.service.readiness.is_ready)
    runs = [waiting]
    for number in range(TIMES):
        runs += [machines.submit(f"{name}-{number}") for name in ("bob", "cid")]
        machines.wait_for_the_end_of(*runs)
        assert [machines.found(run).state for run in runs] == [State.FINISHED] * len(runs)


def test_one_that_failed_two_runs_takes_no_more(machines: Machines) -> None:
    machines.service.start()
    for number in range(TIMES):
        broken = machines.worker("training")
        machines.wait(lambda: machines.service.readiness.is_ready)
        failing = [machines.submit(f"{name}-{number}") for name in ("ann", "bob")]
        machines.wait_for_the_end_of(*failing)
        assert [machines.found(run).state for run in failing] == [State.FAILED] * 2
        machines.wait(lambda: machines.service.readiness.line == FAILED_TWICE)
        waiting = machines.submit(f"cid-{number}")
        time.sleep(3)
        assert machines.found(waiting).state == State.QUEUED
        assert "takes no runs any more" in broken.log.read_text()
        good = machines.worker()
        machines.wait_for_the_end_of(waiting)
        assert machines.found(waiting).state == State.FINISHED
        broken.kill()
        good.kill()
        machines.wait(lambda: not machines.service.readiness.is_ready)


def test_one_that_hangs_is_noticed_and_the_run_goes_on(machines: Machines) -> None:
    worker = machines.worker("hangs")
    machines.service.start()
    machines.wait(lambda: machines.service.readiness.is_ready)
    for number in range(TIMES):
        (machines.folder / "hangs").unlink(missing_ok=True)
        run = machines.submit(f"ann-{number}")
        machines.wait_for_the_end_of(run)
        assert machines.found(run).state == State.FINISHED
        assert (machines.folder / "hangs").exists()
    # On a busy machine a compilation may last longer than the short limit of the drill, too.
    assert worker.log.read_text().count("run hangs: its worker ends") >= TIMES
