"""A crowd of visitors on a server: some draw, some watch, some only have the page open."""

import asyncio
import random
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

import numpy as np

from benchmarks.hosting.canvas_messages import drawn_digits
from benchmarks.hosting.files import NoAnswer
from benchmarks.hosting.sessions import Session
from digits.dataset import DEFAULT_FOLDER

STROKE_SECONDS = 3.0
SETTLING_SECONDS = 3.0
ARRIVALS_AT_ONCE = 8
DIGITS = 40
# As many as a few schools; more the server would refuse.
VISITORS_OF_AN_ADDRESS = 200


class Mix(NamedTuple):
    """How many visitors do what, and how many trainings go on."""

    drawing: int
    watching: int
    idle: int
    trainings: int

    @classmethod
    def of(cls, visitors: int) -> "Mix":
        """Half of them draw, three tenths watch, the others are idle; two trainings go on."""
        drawing, watching = round(visitors * 0.5), round(visitors * 0.3)
        return cls(drawing, watching, visitors - drawing - watching, 2)

    @property
    def visitors(self) -> int:
        """How many there are."""
        return self.drawing + self.watching + self.idle


@dataclass
class Times:
    """What a crowd has seen: seconds of each stroke and tick, errors, lost connections."""

    strokes: list[float] = field(default_factory=list)
    ticks: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    disconnects: int = 0

    def __add__(self, other: "Times") -> "Times":
        """Both together."""
        return Times(
            self.strokes + other.strokes,
            self.ticks + other.ticks,
            self.errors + other.errors,
            self.disconnects + other.disconnects,
        )

    def of_strokes(self) -> dict[str, float]:
        """Percentiles of the strokes, in milliseconds."""
        return percentiles(self.strokes)

    def of_ticks(self) -> dict[str, float]:
        """Percentiles of the ticks, in milliseconds."""
        return percentiles(self.ticks)


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """The 50th, 95th and 99th percentile in milliseconds; nothing measured gives none."""
    if not seconds:
        return {"p50": float("nan"), "p95": float("nan"), "p99": float("nan")}
    found = np.percentile(seconds, [50, 95, 99]) * 1e3
    return {
        name: round(float(value), 1)
        for name, value in zip(("p50", "p95", "p99"), found, strict=True)
    }


class Crowd:
    """Visitors who come, act and go: `async with Crowd(...) as crowd: await crowd.act(30)`.

    Args:
        address: of the server.
        mix: who does what.
        runs: ids of the runs to watch; without any this is the bare app, which has one page.
    """

    def __init__(self, address: str, mix: Mix, runs: Sequence[str]) -> None:
        self._mix = mix
        self._runs = runs
        self._is_app = bool(runs) or not mix.drawing
        self._sessions = [
            Session(address, f"127.0.0.{1 + number // VISITORS_OF_AN_ADDRESS}")
            for number in range(mix.visitors)
        ]
        self._times = Times()
        self._measuring = False

    async def __aenter__(self) -> Self:
        """Let everybody come, a few at a time."""
        gate = asyncio.Semaphore(ARRIVALS_AT_ONCE)

        async def arrive(session: Session, page: str, query: str) -> None:
            async with gate:
                await session.open(page, query)

        await asyncio.gather(
            *(
                arrive(session, *address)
                for session, address in zip(self._sessions, self._addresses(), strict=True)
            )
        )
        return self

    async def __aexit__(self, *error: object) -> None:
        """Let everybody go."""
        await asyncio.gather(*(session.close() for session in self._sessions))

    async def act(self, seconds: float, latest: Callable[[], str] | None = None) -> Times:
        """Let all do what they do, and measure after a while of settling.

        Args:
            seconds: to measure.
            latest: tells which run is on; those who watch one that has ended go on to it. Without
                it they stay.
        """
        doing: list[Coroutine[Any, Any, None]] = []
        drawing = self._sessions[: self._mix.drawing]
        watching = self._sessions[self._mix.drawing : self._mix.drawing + self._mix.watching]
        drawings = drawn_digits(DEFAULT_FOLDER, DIGITS)
        doing += [self._draw(session, drawings) for session in drawing]
        doing += [self._watch(session, latest) for session in watching if session.live]
        tasks = [asyncio.create_task(work) for work in doing]
        await asyncio.sleep(SETTLING_SECONDS)
        self._measuring = True
        await asyncio.sleep(seconds)
        self._measuring = False
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for session in self._sessions:
            self._times.errors += session.errors
            self._times.disconnects += session.lost
        return self._times

    def _addresses(self) -> list[tuple[str, str]]:
        """Page and query string that each visitor opens."""
        if not self._is_app:
            return [("", "")] * self._mix.visitors
        watched = [self._runs[number % len(self._runs)] for number in range(self._mix.watching)]
        return [
            *[("draw", "")] * self._mix.drawing,
            *[("", f"run={run}") for run in watched],
            *[("", "")] * self._mix.idle,
        ]

    async def _draw(self, session: Session, drawings: list[list[str]]) -> None:
        """Draw digit after digit, a stroke every three seconds, and clear the canvas in between."""
        due = time.perf_counter() + random.uniform(0, STROKE_SECONDS)
        while not session.lost:
            for message in random.choice(drawings):
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                due += STROKE_SECONDS
                try:
                    seconds = await session.draw(message)
                    if self._measuring:
                        self._times.strokes.append(seconds)
                        self._check(session)
                    await session.fetch_pictures()
                except NoAnswer as error:
                    self._times.errors.append(str(error))
            if self._is_app:
                # The canvas itself waits 200 ms after a stroke, which takes its time too.
                await asyncio.sleep(STROKE_SECONDS / 2)
                await session.press("clear")

    def _check(self, session: Session) -> None:
        """An answer without a digit is an error."""
        wanted = "a digit" if self._is_app else "a line"
        if not any(
            word.isdigit() if self._is_app else word.startswith("Ink") for word in session.words
        ):
            self._times.errors.append(f"the answer to a stroke had not {wanted}: {session.words}")

    async def _watch(self, session: Session, latest: Callable[[], str] | None) -> None:
        """Ask for what is new as a browser does: some time after the answer before has come."""
        had = [0, 0, 0]
        await asyncio.sleep(random.uniform(0, 1))
        while not session.lost:
            asked = time.perf_counter()
            try:
                news = await session.poll(had)
            except (NoAnswer, OSError, asyncio.IncompleteReadError) as error:
                self._times.errors.append(f"a live chart got no answer: {error!r}")
                return
            if self._measuring:
                self._times.ticks.append(time.perf_counter() - asked)
            had = news["cursor"]
            if latest and not news["active"]:
                await self._follow(session, latest)
                had = [0, 0, 0]
            else:
                await asyncio.sleep(news["wait"])

    async def _follow(self, session: Session, latest: Callable[[], str]) -> None:
        """See how the run ended that was watched, and open the next one once it is there."""
        watched = session.query
        try:
            await session.run()
            while session.query == watched:
                await asyncio.sleep(1)
                session.query = f"run={latest()}"
            await session.run()
        except NoAnswer as error:
            self._times.errors.append(str(error))
