"""How often live pages ask for what is new: the more of them are open, the less often each.

Every tick takes its share of the one thread at a time that Python runs. Without a common limit a
few dozen viewers would leave nothing for those who draw.
"""

import time
from collections.abc import Callable

FASTEST_SECONDS = 0.2
TICKS_PER_SECOND = 30
# Pages that have not asked for so long are not looked at any more.
FORGOTTEN_AFTER_SECONDS = 5.0
# A page whose pace is off by less keeps it, as another one costs a run of the whole page.
TOLERANCE = 1.5


class Pace:
    """Knows which live pages are open, and shares the ticks out among them.

    Args:
        clock: tells the time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last_asked: dict[str, float] = {}

    def seconds_between_ticks(self, page: str) -> float:
        """Note that a page is live; returns how long it should wait from tick to tick.

        Args:
            page: any name that no other page has.
        """
        now = self._clock()
        self._last_asked[page] = now
        for other, asked in list(self._last_asked.items()):
            if now - asked > FORGOTTEN_AFTER_SECONDS:
                self._last_asked.pop(other, None)
        return max(FASTEST_SECONDS, len(self._last_asked) / TICKS_PER_SECOND)


def is_off(seconds: float, wanted: float) -> bool:
    """Whether a page should change its pace from `seconds` to `wanted`."""
    return not 1 / TOLERANCE <= seconds / wanted <= TOLERANCE
