"""Processes that tests find in a cluster, and kill."""

import time
from contextlib import suppress

import psutil

from scripts.cluster import Cluster

SECONDS_TO_RESTART = 30


def process_of(cluster: Cluster, name: str) -> psutil.Process:
    """The process that Supervisor calls so: postgres, scheduler, worker-1, web-1, nginx ..."""
    assert cluster.supervisor is not None, "it is not started"
    until = time.monotonic() + SECONDS_TO_RESTART
    while time.monotonic() < until:
        for each in psutil.Process(cluster.supervisor.pid).children():
            with suppress(psutil.Error):  # it ends, or has just begun
                if each.environ().get("SUPERVISOR_PROCESS_NAME") == name:
                    return each
        time.sleep(0.1)
    raise TimeoutError(f"{name} does not run")


def kill_all(first: psutil.Process) -> None:
    """Kill a process with all its children at once, as a crash of its machine would."""
    children = first.children(recursive=True)
    for process in (first, *children):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(children, 30)
