"""Questions that may take for ever, asked in threads of which there are never more than so many."""

import asyncio
import math
from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, fail_after, to_thread

Answer = TypeVar("Answer")


class BoundedThreads:
    """Asks in threads, so that the event loop turns however long an answer takes.

    A thread cannot be ended. One whose question was given up keeps its place until it really ends,
    and whoever asks meanwhile waits for a place.

    Args:
        most: how many threads there may be.
    """

    def __init__(self, most: int) -> None:
        self._places = CapacityLimiter(most)
        self._threads = CapacityLimiter(math.inf)  # the places bound them
        self._asking: set[asyncio.Task[object]] = set()

    async def answer(self, question: Callable[[], Answer], seconds: float) -> Answer:
        """Ask, and wait for the answer.

        Raises:
            TimeoutError: it, or a place, did not come within so many seconds.
        """
        place = object()
        with fail_after(seconds):
            await self._places.acquire_on_behalf_of(place)
            asking = asyncio.create_task(self._ask(question, place))
            self._asking.add(asking)
            asking.add_done_callback(self._end)
            return await asyncio.shield(asking)

    async def _ask(self, question: Callable[[], Answer], place: object) -> Answer:
        try:
            return await to_thread.run_sync(question, limiter=self._threads)
        finally:
            self._places.release_on_behalf_of(place)

    def _end(self, asking: "asyncio.Task[object]") -> None:
        self._asking.discard(asking)
        if not asking.cancelled():
            asking.exception()  # of a question that was given up nobody else looks at it
