"""Whether this worker process can train. One that cannot takes no runs, and says why.

It cannot before it has warmed up, and not any more after it failed two runs one after the other by
its own fault: not because they diverged, nor because of their settings, nor of the store. Another
worker takes them, or this one after it was started anew.
"""

import logging
import time
from collections.abc import Callable
from threading import Lock
from typing import NamedTuple

from config.environment import Config

MOST_FAULTS = 2
SECONDS_BETWEEN_TRIES = 30.0
CANNOT_START = (
    "Training is not possible at the moment: the training engine does not start. "
    "Its log says why, and it is tried again."
)
NO_IMAGES = (
    "Training is not possible at the moment: the images to learn from are missing. "
    "The log of the training engine says how to get them, and it is tried again."
)
FAILED_TWICE = (
    "Training is not possible at the moment: the training engine failed twice by its own fault and "
    "has to be started anew. Its log says why."
)

logger = logging.getLogger(__name__)


class Report(NamedTuple):
    """What a worker says of itself.

    Attributes:
        device: the line that tells visitors which device trains; empty if it cannot train.
        problem: why it cannot, as a sentence for visitors.
        is_worn_out: whether it can only be started anew.
    """

    device: str = ""
    problem: str = ""
    is_worn_out: bool = False


class WorkerHealth:
    """The state of one worker process.

    Args:
        warm_up: prepares the process; returns the line about its device.
    """

    def __init__(self, warm_up: Callable[[Config], str]) -> None:
        self._warm_up = warm_up
        self._lock = Lock()
        self._device = ""
        self._problem = ""
        self._next_try = 0.0
        self._faults = 0
        # Called, in some thread, when it takes no runs any more.
        self.on_worn_out: Callable[[], object] = lambda: None

    def can_train(self) -> bool:
        """Whether it may take runs."""
        return bool(self._device) and self._faults < MOST_FAULTS

    def report(self, config: Config) -> Report:
        """Say whether it can train; one that is not warm tries to be first, now and then."""
        if self._faults >= MOST_FAULTS:
            return Report(problem=FAILED_TWICE, is_worn_out=True)
        # Whoever asks while it is tried again hears what was wrong the last time.
        if self._lock.acquire(blocking=not self._problem):
            try:
                self._try_to_warm_up(config)
            finally:
                self._lock.release()
        return Report(self._device, "" if self._device else self._problem)

    def _try_to_warm_up(self, config: Config) -> None:
        if self._device or time.monotonic() < self._next_try:
            return
        try:
            self._device = self._warm_up(config)
        except Exception as error:
            logger.exception("the worker could not be warmed up and takes no runs")
            self._problem = _sentence(error)
            self._next_try = time.monotonic() + SECONDS_BETWEEN_TRIES

    def note_success(self) -> None:
        """Note that a run was carried out."""
        self._faults = 0 if self._faults < MOST_FAULTS else self._faults

    def note_fault(self) -> None:
        """Note that a run failed by the worker's own fault."""
        self._faults += 1
        if self._faults == MOST_FAULTS:
            logger.critical("the worker takes no runs any more: it failed two by its own fault")
            self.on_worn_out()


def _sentence(error: Exception) -> str:
    from digits.dataset import DatasetUnavailable

    return NO_IMAGES if isinstance(error, DatasetUnavailable) else CANNOT_START
