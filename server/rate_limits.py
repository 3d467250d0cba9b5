"""How often something may be done: kept in memory, for each web process by itself."""

import time
from collections.abc import Callable
from threading import Lock
from typing import NamedTuple


class Rate(NamedTuple):
    """So many at once, and one more after each so many seconds."""

    at_once: int
    seconds: float

    def times(self, factor: int) -> "Rate":
        """The same for so many visitors together."""
        return Rate(self.at_once * factor, self.seconds / factor)


class RateLimit:
    """A token bucket for each key, kept as the one moment at which it will be full again.

    Args:
        rate: how fast each may be.
        clock: seconds, never going back.
    """

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._full_at: dict[str, float] = {}
        self._look_through_at = 1000
        self._lock = Lock()

    def take(self, key: str) -> float:
        """Take one token.

        Returns:
            0, or the seconds until there will be one; then none was taken.
        """
        with self._lock:
            now = self._clock()
            full_at = max(self._full_at.get(key, now), now) + self._rate.seconds
            wait = full_at - now - self._rate.at_once * self._rate.seconds
            if wait > 1e-9:
                return wait
            self._full_at[key] = full_at
            self._forget_the_idle(now)
            return 0.0

    def __len__(self) -> int:
        return len(self._full_at)

    def _forget_the_idle(self, now: float) -> None:
        """A full bucket is like none; look for them each time the number of keys has doubled."""
        if len(self._full_at) < self._look_through_at:
            return
        self._full_at = {key: full_at for key, full_at in self._full_at.items() if full_at > now}
        self._look_through_at = max(1000, 2 * len(self._full_at))
