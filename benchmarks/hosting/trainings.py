"""Trainings that go on beside a crowd, and a server that is waited for until it can train."""

import asyncio
import json
import time
import urllib.error
import urllib.request
from typing import Any

from benchmarks.hosting.crowd import SETTLING_SECONDS
from benchmarks.hosting.files import NoAnswer
from benchmarks.hosting.servers import Server
from benchmarks.hosting.sessions import Session
from model_store.records import State
from model_store.store import Store, open_store

# The notebook's network, one example a batch and for long, so that the run outlasts the visitors.
TRAINING = "batch=1&epochs=50&validation=0&seed={}"
READY_SECONDS = 90.0
# TensorFlow is imported and warmed up at the lowest priority, beside whatever else goes on.
WARM_SECONDS = 240.0


async def wait_until_ready(address: str) -> None:
    """Wait until a server's workers are warm.

    Raises:
        NoAnswer: they are not in time; with what the server says is missing.
    """
    until = time.monotonic() + WARM_SECONDS
    while said := await asyncio.to_thread(missing, address):
        if time.monotonic() > until:
            raise NoAnswer(f"the server was not ready within {WARM_SECONDS:.0f} s: {said}")
        await asyncio.sleep(0.2)


def missing(address: str) -> dict[str, str]:
    """What a server says keeps it from being ready; nothing if it is."""
    try:
        with urllib.request.urlopen(f"{address}/ready", timeout=5) as answer:
            body = answer.read()
    except urllib.error.HTTPError as refusal:
        body = refusal.read()
    except OSError as error:
        return {"server": repr(error)}
    found: dict[str, str] = json.loads(body)["missing"]
    return found


class Trainings:
    """Trainings that go on, started through the page by visitors who then look elsewhere.

    Args:
        server: the app.
        count: how many at once, each by a visitor of its own.

    Attributes:
        runs: their ids.
    """

    def __init__(self, server: Server, count: int) -> None:
        self.runs: list[str] = []
        self._store: Store = open_store(
            f"sqlite:///{server.data / 'playground.db'}", str(server.data / "artifacts")
        )
        self._address = server.address
        self._owners = [Session(server.address) for _ in range(count)]

    async def start(self) -> None:
        """Press Train once the workers are there, and wait until all are well on their way."""
        await wait_until_ready(self._address)
        for number, owner in enumerate(self._owners):
            await owner.open(query=TRAINING.format(number))
            await owner.press("train")
            self.runs.append(owner.query.removeprefix("run="))
        until = time.monotonic() + READY_SECONDS
        while any(step < 1000 for step in self._steps()):
            if time.monotonic() > until:
                found = [f"{run.state} at {run.step}" for run in self._records()]
                said = await asyncio.to_thread(missing, self._address)
                raise NoAnswer(f"the trainings did not start: {found}; missing: {said}")
            await asyncio.sleep(0.2)

    async def steps_per_second(self, seconds: float) -> float:
        """Steps of all of them together in a second, over some seconds after settling."""
        await asyncio.sleep(SETTLING_SECONDS)
        before = sum(self._steps())
        started = time.perf_counter()
        await asyncio.sleep(seconds)
        return (sum(self._steps()) - before) / (time.perf_counter() - started)

    async def stop(self) -> None:
        """Press Stop, and wait until they have ended."""
        for owner in self._owners:
            await owner.press("stop")
        while any(run.is_active for run in self._records()):
            await asyncio.sleep(0.1)
        if any(run.state != State.STOPPED for run in self._records()):
            found = [f"{run.state} at {run.step} {run.failure}" for run in self._records()]
            raise NoAnswer(f"a training ended before the measurement did: {found}")
        await asyncio.gather(*(owner.close() for owner in self._owners))
        self._store.close()

    def _steps(self) -> list[int]:
        return [run.step for run in self._records()]

    def _records(self) -> list[Any]:
        return [self._store.runs.get(run) for run in self.runs]
