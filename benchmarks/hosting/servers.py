"""Streamlit servers for a benchmark: the app and apps to compare it with, each in a process."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psutil

from digits.dataset import DEFAULT_FOLDER

ROOT = Path(__file__).resolve().parents[2]
BARE_APP = "benchmarks/hosting/bare_app.py"
EMPTY_APP = "benchmarks/hosting/empty_app.py"
START_SECONDS = 60.0
STOP_SECONDS = 30.0
MEGABYTE = 1e6


class Server(NamedTuple):
    """A running server; `data` is where it keeps its store."""

    address: str
    process: psutil.Process
    data: Path


@contextmanager
def serving(script: str) -> Iterator[Server]:
    """Serve a script of this project by Streamlit, with a store of its own.

    Args:
        script: such as `app.py`.
    """
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        (data / "mnist").symlink_to(DEFAULT_FOLDER.resolve())
        port = free_port()
        with (data / "server.log").open("wb") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)],
                cwd=ROOT,
                env={**os.environ, "DATA_FOLDER": folder},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        server = Server(f"http://localhost:{port}", psutil.Process(child.pid), data)
        try:
            wait_until_healthy(server)
            yield server
        finally:
            child.terminate()
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()


def wait_until_healthy(server: Server) -> None:
    """Wait until the server answers.

    Raises:
        RuntimeError: it does not, or has ended; with what it has logged.
    """
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.process.is_running():
        try:
            urllib.request.urlopen(f"{server.address}/_stcore/health", timeout=2).read()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the server did not start: {(server.data / 'server.log').read_text()}")


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as listener:
        listener.bind(("localhost", 0))
        return int(listener.getsockname()[1])


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
