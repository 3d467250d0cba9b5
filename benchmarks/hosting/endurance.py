"""Many visitors for a long time: what memory does while one training follows another.

Visitors draw, watch and have the page open as in `benchmarks.hosting.load`. Each training is
started by a new visitor, with a seed of its own; those who watch go to the next one when theirs has
ended.
"""

import asyncio
import itertools
import time
from collections.abc import Mapping
from typing import Any

from benchmarks.hosting.crowd import Crowd, Mix, Times
from benchmarks.hosting.files import NoAnswer
from benchmarks.hosting.servers import Server, memory_mb
from benchmarks.hosting.sessions import Session
from model_store.records import State
from model_store.store import open_store

SETTLED_MINUTES = 10.0
SECONDS_BETWEEN_SAMPLES = 30.0
# What memory is at one moment hangs on what is just being done: in 45 minutes, medians of five
# samples went up and down by 8%, those of twenty by 3%.
SAMPLES_TOGETHER = 20
SECONDS_FOR_A_TRAINING = 900.0
ADMITTED_GROWTH = 0.05

# Megabytes of each process by its name, at so many minutes after the start.
Samples = list[tuple[float, dict[str, float]]]


class TrainingSequence:
    """Trainings that follow each other, each started through the page by a new visitor.

    Args:
        server: the app.

    Attributes:
        latest: the id of the run that was started last; empty before the first.
        finished: how many have finished.
    """

    def __init__(self, server: Server) -> None:
        self.latest = ""
        self.finished = 0
        self._server = server
        self._store = open_store(
            f"sqlite:///{server.data / 'playground.db'}", str(server.data / "artifacts")
        )

    async def run(self) -> None:
        """Start one training after the other, until this is cancelled.

        Raises:
            NoAnswer: one did not finish.
        """
        for seed in itertools.count():
            visitor = Session(self._server.address)
            await visitor.open(query=f"seed={seed}")
            await visitor.press("train")
            self.latest = visitor.query.removeprefix("run=").partition("&")[0]
            await self._until_finished()
            self.finished += 1
            await visitor.close()

    def close(self) -> None:
        """Let go of the store."""
        self._store.close()

    async def _until_finished(self) -> None:
        until = time.monotonic() + SECONDS_FOR_A_TRAINING
        while time.monotonic() < until:
            run = await asyncio.to_thread(self._store.runs.get, self.latest)
            if run and run.state == State.FINISHED:
                return
            if run and not run.is_active:
                raise NoAnswer(f"a training ended as {run.state}: {run.failure}")
            await asyncio.sleep(0.5)
        raise NoAnswer(f"a training did not finish within {SECONDS_FOR_A_TRAINING:.0f} s")


async def measure_endurance(server: Server, mix: Mix, minutes: float) -> dict[str, Any]:
    """Let visitors use the app for so many minutes, and watch the memory of its processes.

    Args:
        server: the app.
        mix: who does what; its number of trainings does not count, there is always one.
        minutes: how long, more than `SETTLED_MINUTES`.
    """
    trainings = TrainingSequence(server)
    samples: Samples = []
    visitors = asyncio.create_task(_visitors(server, mix, trainings, 60 * minutes))
    background = [
        asyncio.create_task(trainings.run()),
        asyncio.create_task(_sample(server, samples)),
    ]
    await asyncio.wait([visitors, *background], return_when=asyncio.FIRST_COMPLETED)
    for task in background:
        if task.done():
            visitors.cancel()
            task.result()  # says what went wrong: neither ends by itself
        task.cancel()
    times = await visitors
    trainings.close()
    return {
        "visitors": mix.visitors,
        "minutes": minutes,
        "trainings_finished": trainings.finished,
        "draw_ms": times.of_strokes(),
        "tick_ms": times.of_ticks(),
        "strokes": len(times.strokes),
        "errors": len(times.errors),
        "first_errors": times.errors[:5],
        "disconnects": times.disconnects,
        "growth": growth(samples),
        "memory_mb": samples,
    }


async def _visitors(server: Server, mix: Mix, trainings: TrainingSequence, seconds: float) -> Times:
    while not trainings.latest:
        await asyncio.sleep(0.1)
    async with Crowd(server.address, mix, [trainings.latest]) as crowd:
        return await crowd.act(seconds, lambda: trainings.latest)


async def _sample(server: Server, samples: Samples) -> None:
    started = time.monotonic()
    while True:
        memory = await asyncio.to_thread(memory_mb, server)
        samples.append(((time.monotonic() - started) / 60, memory))
        await asyncio.sleep(SECONDS_BETWEEN_SAMPLES)


def growth(samples: Samples) -> dict[str, float]:
    """By how much of itself each process has grown since it had settled.

    Medians of some samples are compared: the first after `SETTLED_MINUTES`, and the last.

    Raises:
        ValueError: there are too few samples after that time.
    """
    settled = [memory for minutes, memory in samples if minutes >= SETTLED_MINUTES]
    if len(settled) < 2 * SAMPLES_TOGETHER:
        raise ValueError(
            f"{2 * SAMPLES_TOGETHER} samples are needed after the first {SETTLED_MINUTES:g} "
            f"minutes, there are {len(settled)}: let it run for longer"
        )
    first, last = settled[:SAMPLES_TOGETHER], settled[-SAMPLES_TOGETHER:]
    return {name: _median(last, name) / _median(first, name) - 1 for name in settled[-1]}


def _median(samples: list[dict[str, float]], name: str) -> float:
    found = sorted(memory[name] for memory in samples if name in memory)
    return found[len(found) // 2] if found else float("nan")


def promises(found: Mapping[str, Any]) -> dict[str, bool]:
    """Whether the memory stays where it was, and everybody is served all the time."""
    return {
        f"memory within {ADMITTED_GROWTH:.0%} of that after {SETTLED_MINUTES:g} minutes": all(
            share <= ADMITTED_GROWTH for share in found["growth"].values()
        ),
        "no error": not found["errors"],
        "no disconnect": not found["disconnects"],
    }


def endurance_figures(found: Mapping[str, Any]) -> list[list[str]]:
    """The rows of `docs/figures/endurance.md`."""
    grown = ", ".join(f"{name} {share:+.1%}" for name, share in found["growth"].items())
    return [
        [f"{found['visitors']} visitors for {found['minutes']:g} minutes", ""],
        [f"memory, against that after {SETTLED_MINUTES:g} minutes", grown],
        ["trainings that finished", str(found["trainings_finished"])],
        ["stroke to probabilities, p95", f"{found['draw_ms']['p95']:.0f} ms"],
        ["errors, lost connections", f"{found['errors']}, {found['disconnects']}"],
    ]
