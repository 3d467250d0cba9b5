"""How often live pages ask for what is new: the more there are and the longer it takes, the less.

Python runs one thread at a time. Without a common limit a few dozen viewers of live charts would
leave nothing for those who draw.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

FASTEST_SECONDS, SLOWEST_SECONDS = 0.25, 3.0
# Of pages with a run at rest, which may go on from another tab.
FASTEST_AT_REST, SLOWEST_AT_REST = 15.0, 120.0
# What all live pages together may take of the time of one processor for what is measured here;
# to answer a request takes twice as much again.
SHARE = 0.03
# Pages that have not asked for so many times the slowest pace are not looked at any more.
FORGOTTEN_AFTER = 2
FIRST_GUESS_SECONDS = 0.001
WEIGHT_OF_A_TICK = 0.05


class PollScheduler:
    """Knows which live pages are open and what a tick takes, and shares the time out among them.

    Args:
        clock: tells the time in seconds.
        work: tells how many seconds the processor has spent on this thread. Unlike the time that
            passes, it is the same however many others are served at the moment.
        fastest, slowest: seconds from tick to tick.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        work: Callable[[], float] = time.thread_time,
        fastest: float = FASTEST_SECONDS,
        slowest: float = SLOWEST_SECONDS,
    ) -> None:
        self._fastest, self._slowest = fastest, slowest
        self._clock = clock
        self._work = work
        self._last_asked: dict[str, float] = {}
        self._tick_seconds = FIRST_GUESS_SECONDS

    def seconds_between_ticks(self, page: str) -> float:
        """Note that a page is live; returns how long it should wait from tick to tick.

        Args:
            page: a name that no other page has.
        """
        now = self._clock()
        self._last_asked[page] = now
        for other, asked in list(self._last_asked.items()):
            if now - asked > FORGOTTEN_AFTER * self._slowest:
                self._last_asked.pop(other, None)
        fair = len(self._last_asked) * self._tick_seconds / SHARE
        return min(max(fair, self._fastest), self._slowest)

    @contextmanager
    def tick(self) -> Iterator[None]:
        """Measure what a tick takes."""
        started = self._work()
        yield
        self._tick_seconds += WEIGHT_OF_A_TICK * (self._work() - started - self._tick_seconds)
