"""The app on one machine as a process that can be killed and started again, with its own store."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import psutil

from model_store.store import Store, open_store

ROOT = Path(__file__).parents[2]


class AppProcess:
    """The app as `make run` starts it.

    Args:
        data: a folder for its store and its log; MNIST is linked into it.
        clock_can_jump: whether `set_clock` is of any effect.
        program: the folder of the program, and where it runs.
        variables: of its environment, beside the usual ones.
    """

    def __init__(
        self,
        data: Path,
        clock_can_jump: bool = False,
        program: Path = ROOT,
        variables: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._data = data
        self._program = program
        self._environment = {**os.environ, "DATA_FOLDER": str(data)}
        for name in ("DATABASE_URL", "ARTIFACTS_URL", "DASK_SCHEDULER_ADDRESS"):
            self._environment.pop(name, None)
        self._environment |= variables
        self._clock = data / "wall_clock"
        if clock_can_jump:
            self.set_clock(0)
            self._environment["WALL_CLOCK"] = str(self._clock)
            self._environment["PYTHONPATH"] = str(ROOT / "tests" / "faults" / "clock")
        if not (data / "mnist").exists():
            (data / "mnist").symlink_to(ROOT / "data" / "mnist")
        kept_here = f"sqlite:///{data / 'playground.db'}"
        database_url = self._environment.get("DATABASE_URL") or kept_here
        self.store: Store = open_store(database_url, f"{data}/artifacts")
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with socket.socket() as listener:
            listener.bind(("localhost", 0))
            port = listener.getsockname()[1]
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
        with (self._data / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self._program, env=self._environment, stdout=log, stderr=log
            )
        self.address = f"http://localhost:{port}"
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"{self.address}/ready?exclude=engine", timeout=2).read()
                return
            except OSError:
                assert self.process.poll() is None, self.log()
                time.sleep(0.1)
        raise TimeoutError(self.log())

    def set_clock(self, seconds_wrong: float) -> None:
        """Let the wall clock of all its processes jump, within a twentieth of a second."""
        new = self._clock.with_suffix(".new")
        new.write_text(str(seconds_wrong))
        new.replace(self._clock)  # never seen half written

    def kill_web(self) -> None:
        """Kill the web process, whose workers end with it, and start it again."""
        self.process.kill()
        self.process.wait()
        self.start()

    def kill_worker(self) -> None:
        """Kill the worker process; Dask's nanny is to replace it."""
        self.worker().kill()

    def kill_worker_while_it_warms_up(self, after: float) -> None:
        """Kill the worker process, and the one in its place some seconds after it was started."""
        first = self.worker()
        first.kill()
        successor = self.worker(other_than=first)
        time.sleep(after)
        successor.kill()

    def worker(
        self, other_than: psutil.Process | None = None, seconds: float = 60
    ) -> psutil.Process:
        """The worker process, as soon as there is one."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for process in psutil.Process(self.process.pid).children(recursive=True):
                try:
                    is_worker = any("spawn_main" in part for part in process.cmdline())
                    if is_worker and process != other_than:
                        return process
                except psutil.NoSuchProcess:
                    continue
            time.sleep(0.05)
        raise TimeoutError(f"no worker process came within {seconds} s")

    def close(self) -> None:
        """End it, and let go of its store."""
        self.terminate()
        self.store.close()

    def terminate(self) -> float:
        """End it as an operator does, with SIGTERM; returns the seconds that it took."""
        started = time.monotonic()
        self.process.terminate()
        self.process.wait(60)
        return time.monotonic() - started

    def terminate_and_start(self) -> None:
        """End it with SIGTERM, and start it again."""
        print(f"  ended {self.terminate():.1f} s after SIGTERM", end="")
        for run in self.store.runs.active():  # none if it reached its end meanwhile
            print(f", the run then {run.state} at step {run.step}", end="")
        print()
        self.start()

    def log(self) -> str:
        """All that it has printed."""
        return (self._data / "server.log").read_text()
