"""Waiting for a store that cannot be used at the moment: locked, full, or being started again."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

RETRY_SECONDS = 30.0
SECONDS_BETWEEN_TRIES = 0.5

T = TypeVar("T")

logger = logging.getLogger(__name__)


def retry(do: Callable[[], T], patience: float = 1.0) -> T:
    """Do something with the store; while that fails, do it again, for a while.

    Args:
        do: may be done twice, because a database that goes away may have done it already.
        patience: for how many times the usual 30 seconds.

    Raises:
        OSError: it still fails.
    """
    until = time.monotonic() + patience * RETRY_SECONDS
    while True:
        try:
            return do()
        except OSError as error:
            if time.monotonic() > until:
                raise
            logger.warning("the store is tried again: %s", error)
            time.sleep(SECONDS_BETWEEN_TRIES)
