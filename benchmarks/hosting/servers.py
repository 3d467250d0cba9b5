"""Streamlit servers for benchmarks and tests: the app, and apps to compare it with."""

import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import psutil

from digits.dataset import DEFAULT_FOLDER
from scripts.ports import free_port
from scripts.waiting import wait_until
from server.cookies import VISITOR_COOKIE, VisitorIds

ROOT = Path(__file__).resolve().parents[2]
APP = "app.py"
BARE_APP = "benchmarks/hosting/bare_app.py"
EMPTY_APP = "benchmarks/hosting/empty_app.py"
STREAMLIT = (sys.executable, "-m", "streamlit", "run")
# What would lead a server to another store than its own, or to other workers.
NOT_INHERITED = ("DATABASE_URL", "ARTIFACTS_URL", "DASK_SCHEDULER_ADDRESS")
SECONDS_TO_START = 60.0
SECONDS_TO_STOP = 30.0
MEGABYTE = 1e6


def start_process(
    command: Sequence[str],
    data: Path,
    program: Path = ROOT,
    variables: Mapping[str, str] = MappingProxyType({}),
) -> psutil.Popen:
    """Start a server on a store of its own.

    Args:
        command: what starts it.
        data: the folder of its store and its log; MNIST is linked into it.
        program: the folder of the program, and where it runs.
        variables: of its environment, beside those of this process.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    if not (data / "mnist").exists():
        (data / "mnist").symlink_to(DEFAULT_FOLDER.resolve())
    with (data / "server.log").open("ab") as log:
        return psutil.Popen(
            command,
            cwd=program,
            env={**inherited, "DATA_FOLDER": str(data), **variables},
            stdout=log,
            stderr=subprocess.STDOUT,
        )


class Server:
    """A script of this project served by Streamlit, in a process that can be started anew.

    Args:
        data: the folder of its store and its log.
        script: such as `app.py`.
        options: of Streamlit, beside its port.
        program: the folder of the program, and where it runs.
        variables: of its environment, beside those of this process.
        port: where it listens; a free one by default.

    Attributes:
        process: the web process, once it was started.
    """

    process: psutil.Popen

    def __init__(
        self,
        data: Path,
        script: str = APP,
        options: Sequence[str] = (),
        program: Path = ROOT,
        variables: Mapping[str, str] = MappingProxyType({}),
        port: int | None = None,
    ) -> None:
        self.data = data
        self.port = port or free_port()
        self.address = f"http://localhost:{self.port}"
        self._command = [*STREAMLIT, script, "--server.port", str(self.port), *options]
        self._program = program
        self._variables = variables
        self._health = "/ready?exclude=engine" if script == APP else "/_stcore/health"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start it, and wait until it answers.

        Raises:
            RuntimeError: it has ended instead; with what it has logged.
            TimeoutError: it does not answer in time.
        """
        self.launch()
        try:
            wait_until(self.is_healthy, SECONDS_TO_START, self.log)
        except BaseException:
            self.close()
            raise

    def launch(self) -> None:
        """Start it without waiting."""
        self.process = start_process(self._command, self.data, self._program, self._variables)

    def is_healthy(self) -> bool:
        """Whether it answers and is ready for visitors.

        Raises:
            RuntimeError: it has ended; with what it has logged.
        """
        if self.process.poll() is not None:
            raise RuntimeError(f"the server has ended: {self.log()}")
        try:
            return self.asked(self._health)[0] == 200
        except OSError:
            return False

    def asked(self, path: str, seconds: float = 10) -> tuple[int, str]:
        """Ask for an address; returns the status and the content of the answer."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=seconds) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def visitor_of(self, cookies: Iterable[Mapping[str, Any]]) -> str:
        """The id of the visitor who has these cookies of a browser."""
        (sealed,) = (each["value"] for each in cookies if each["name"] == VISITOR_COOKIE)
        visitor = VisitorIds((self.data / "cookie_secret").read_text().strip()).read(sealed)
        assert visitor
        return visitor

    def close(self) -> None:
        """End it, by force if it does not end in time."""
        self.process.terminate()
        try:
            self.process.wait(SECONDS_TO_STOP)
        except psutil.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def log(self) -> str:
        """All that it has printed."""
        return (self.data / "server.log").read_text(errors="replace")


@contextmanager
def serving(script: str) -> Iterator[Server]:
    """Serve a script of this project in a folder that goes with it."""
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder), script) as server:
        yield server


def workers(server: Server) -> list[psutil.Process]:
    """The processes in which Dask trains, without their helpers."""
    found = []
    for process in server.process.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if any("spawn_main" in part for part in process.cmdline()):
                found.append(process)
    return found


def family(server: Server) -> dict[str, psutil.Process]:
    """The server's processes by name: `web`, then `worker`, `worker 2`, ... and their helpers."""
    found = {"web": server.process}
    for child in server.process.children(recursive=True):
        kind = "tracker" if "resource_tracker" in " ".join(child.cmdline()) else "worker"
        number = sum(name.startswith(kind) for name in found)
        found[f"{kind} {number + 1}" if number else kind] = child
    return found


def memory_mb(server: Server) -> dict[str, float]:
    """Memory of each process, what it shares with others counted in part."""
    return {
        name: process.memory_full_info().pss / MEGABYTE for name, process in family(server).items()
    }


def own_memory_kb(server: Server) -> float:
    """Memory of the web process that no other process shares."""
    return float(server.process.memory_full_info().uss) / 1e3


def processor_seconds(server: Server) -> dict[str, float]:
    """Processor time that each process has taken so far."""
    return {name: sum(process.cpu_times()[:2]) for name, process in family(server).items()}
