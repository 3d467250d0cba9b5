"""Waiting for something to become true."""

import time
from collections.abc import Callable
from typing import TypeVar

SECONDS_BETWEEN_TRIES = 0.02
Found = TypeVar("Found")


def wait_until(
    condition: Callable[[], Found | None], seconds: float = 60, explain: Callable[[], object] = str
) -> Found:
    """Wait until a condition holds; returns what it returned then.

    Args:
        condition: asked again and again.
        seconds: to wait at most.
        explain: called when that was not enough, for what the error says.

    Raises:
        TimeoutError: it did not come true.
    """
    until = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > until:
            raise TimeoutError(f"not within {seconds:g} s: {explain()}")
        time.sleep(SECONDS_BETWEEN_TRIES)
    return found
