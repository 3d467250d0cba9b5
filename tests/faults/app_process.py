"""The app on one machine as a process that can be killed and started again, with its own store."""

import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import psutil

from benchmarks.hosting.servers import ROOT, Server, workers
from model_store.store import Store, open_store
from scripts.waiting import wait_until


class AppProcess(Server):
    """The app as `make run` starts it, started at once.

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
        self._clock = data / "wall_clock"
        if clock_can_jump:
            self.set_clock(0)
            folder = ROOT / "tests" / "faults" / "clock"
            variables = {**variables, "WALL_CLOCK": str(self._clock), "PYTHONPATH": str(folder)}
        super().__init__(data, program=program, variables=variables)
        kept_here = f"sqlite:///{data / 'playground.db'}"
        database_url = variables.get("DATABASE_URL") or kept_here
        self.store: Store = open_store(database_url, f"{data}/artifacts")
        self.start()

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

    def worker(self, other_than: psutil.Process | None = None) -> psutil.Process:
        """The worker process, as soon as there is one."""

        def found() -> list[psutil.Process]:
            return [process for process in workers(self) if process != other_than]

        return wait_until(found, explain=self.log)[0]

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
