"""Kill a part of the app in the middle of a run, many times, and see whether anything is lost.

    python -m tests.faults.drill --kill worker --times 20 [--seed 1]

`--kill clock` kills nothing: the wall clock jumps, by up to a year to and fro. `--kill silence`
stops every process of PostgreSQL for 20 s, `--kill lock` keeps an SQLite store locked and
`--kill disk` its disk full for 10 s, while visitors open every page: it must open, or soon say why
it cannot.

Every run must finish with the losses and weights of an undisturbed run of the same seed, and all
runs that had finished before must stay as they were. Ends with 1 if anything was lost.
"""

import argparse
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import psutil

from model_store.store import Store, open_store
from scripts import postgres as installed_postgres
from scripts.cluster import Cluster, running
from scripts.ports import free_port
from tests.cluster.postgres import Postgres
from tests.cluster.processes import kill_all, process_of
from tests.faults.app_process import AppProcess
from tests.faults.disturbed_runs import Drill, Kill
from tests.faults.visits import Visit, unlike_a_silent_store, unlike_a_whole_page, visits
from tests.support.disk import Hog, mounted_disk

HOUR, DAY = 3600.0, 86_400.0
JUMPS = (-365 * DAY, -DAY, -HOUR, -90.0, 0.0, 90.0, HOUR, DAY, 365 * DAY)


OF_THE_APP = ("worker", "warming", "web", "terminate", "clock")
OF_THE_STORE = ("silence", "lock", "disk")
SECONDS_OF_SILENCE, SECONDS_WITHOUT_WRITING = 20.0, 10.0
SECONDS_TO_RECOVER = 60.0


def app_kills(app: AppProcess) -> dict[str, Kill]:
    """What can be killed of the app on one machine."""
    return {
        "worker": lambda random: app.kill_worker(),
        "warming": lambda random: app.kill_worker_while_it_warms_up(random.uniform(0, 5)),
        "web": lambda random: app.kill_web(),
        "terminate": lambda random: app.terminate_and_start(),
        "clock": lambda random: app.set_clock(random.choice(JUMPS)),
    }


@contextmanager
def store_in_trouble(kind: str, folder: Path) -> Iterator[tuple[Store, Kill]]:
    """Start the app on a store that can fall silent, be locked, or be on a full disk."""
    with ExitStack() as stack:
        variables = {}
        if kind == "silence":
            postgres = stack.enter_context(running_postgres())
            variables["DATABASE_URL"] = postgres.new_database()
        if kind == "disk":
            folder = stack.enter_context(mounted_disk(folder / "disk", 64))
        app = AppProcess(folder, variables=variables)
        stack.callback(app.close)
        wait_until_whole(app)  # whatever the first visitors need is loaded

        def trouble(_: random.Random) -> None:
            if kind == "silence":
                with postgres.silent():
                    visit_for(app, SECONDS_OF_SILENCE, unlike_a_silent_store)
            else:
                fault = full(folder) if kind == "disk" else locked(folder / "playground.db")
                with fault:
                    visit_for(app, SECONDS_WITHOUT_WRITING, unlike_a_whole_page)
            wait_until_whole(app)

        yield app.store, trouble


def visit_for(app: AppProcess, seconds: float, unlike: Callable[[Visit], str]) -> None:
    """Let visitors open every page again and again, and see that none sees anything else."""
    until = time.monotonic() + seconds
    seen: list[Visit] = []
    while time.monotonic() < until:
        seen += visits(app.address)
        time.sleep(1)
    wrong = [sentence for visit in seen if (sentence := unlike(visit))]
    assert not wrong, wrong
    slowest = max(seen, key=lambda visit: visit.seconds)
    print(f"  {len(seen)} visits, the slowest {slowest.seconds:.1f} s ({slowest.page})")


def wait_until_whole(app: AppProcess) -> None:
    """Wait until every page opens again."""
    began = time.monotonic()
    while any(unlike_a_whole_page(visit) for visit in visits(app.address)):
        assert time.monotonic() - began < SECONDS_TO_RECOVER, "the pages did not recover"
        time.sleep(0.1)
    print(f"  all pages whole after {time.monotonic() - began:.1f} s", flush=True)


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Keep a disk full."""
    hog = Hog(disk)
    hog.start()
    try:
        yield
    finally:
        hog.end()


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Keep an SQLite file locked against writing."""
    with closing(sqlite3.connect(database, timeout=60)) as other:
        other.execute("begin immediate")
        yield


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a PostgreSQL server."""
    assert installed_postgres.programs(), "PostgreSQL is not installed here: apt install postgresql"
    server = Postgres()
    try:
        server.start()
        yield server
    finally:
        server.remove()


def cluster_kills(cluster: Cluster) -> dict[str, Kill]:
    """What can be killed of a cluster, where Supervisor starts it again."""

    def kill(name: str) -> None:
        kill_all(process_of(cluster, name))

    return {
        "cluster-worker": lambda random: kill_all(busiest(cluster, ["worker-1", "worker-2"])),
        "replica": lambda random: kill(random.choice(["web-1", "web-2"])),
        "scheduler": lambda random: kill("scheduler"),
        "postgres": lambda random: kill("postgres"),
    }


def busiest(cluster: Cluster, names: list[str]) -> psutil.Process:
    """The one that computes most just now: the worker with the run."""
    processes = [process_of(cluster, name) for name in names]
    before = [cpu_seconds(process) for process in processes]
    time.sleep(0.3)
    spent = [cpu_seconds(process) - since for process, since in zip(processes, before, strict=True)]
    return processes[spent.index(max(spent))]


def cpu_seconds(first: psutil.Process) -> float:
    """Processor time of a process and its children."""
    return sum(sum(each.cpu_times()[:2]) for each in (first, *first.children(recursive=True)))


@contextmanager
def started(kill: str, folder: Path) -> Iterator[tuple[Store, Kill]]:
    """Start what is to be drilled; yields its store and what kills the part in question."""
    if kill in OF_THE_STORE:
        with store_in_trouble(kill, folder) as store_and_kill:
            yield store_and_kill
        return
    if kill in OF_THE_APP:
        app = AppProcess(folder, clock_can_jump=kill == "clock")
        try:
            yield app.store, app_kills(app)[kill]
        finally:
            app.close()
        return
    with (
        running(Cluster(folder, free_port())) as cluster,
        open_store(cluster.database_url, cluster.artifacts_url) as store,
    ):
        yield store, cluster_kills(cluster)[kill]


def main() -> None:
    """Run one kind of drill from the command line."""
    kinds = [*OF_THE_APP, *OF_THE_STORE, "cluster-worker", "replica", "scheduler", "postgres"]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kill", choices=kinds, required=True)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended before it was done"))
    folder = Path(tempfile.mkdtemp(prefix="drill-", dir="/tmp"))
    folder.chmod(0o755)  # PostgreSQL's account must be able to enter it
    with started(options.kill, folder) as (store, kill):
        drill = Drill(store, options.seed)
        began = time.monotonic()
        same = sum(drill.disturb(kill) for _ in range(options.times))
        unchanged = drill.unchanged()
        print(
            f"{options.kill} killed {options.times} times (seed {options.seed}): {same} runs went "
            f"on from their checkpoint and ended as the undisturbed one, {unchanged} of "
            f"{drill.finished} finished runs unchanged, {time.monotonic() - began:.0f} s"
        )
    if same < options.times or unchanged < drill.finished:
        sys.exit(f"What was seen is kept in {folder}")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
