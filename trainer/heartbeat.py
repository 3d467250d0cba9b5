"""The runs that this worker process has in hand: signs of life, and handing over before it ends."""

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Event, Thread

from model_store.progress import Superseded
from model_store.records import Run, StoredProgress
from model_store.store import Store
from trainer.retry import RETRY_SECONDS

SECONDS_BETWEEN_SIGNS = 5.0
# For how long a run may say nothing before it counts as hung. Two reports are a tenth of a second
# apart, or a step, which takes the largest network two seconds; other runs may want the same cores,
# and two reports, each with a file, may have to wait for the store.
SECONDS_OF_TRAINING = 60.0 + 4 * RETRY_SECONDS
# Reading images and a checkpoint, compiling a shape (6 s for the largest on a machine that does ten
# other things), the first deformed images, a whole fine-tuning, measuring and storing at the end.
SECONDS_OF_PREPARING = 600.0
# A failure is tried to be written for ten minutes.
SECONDS_OF_FAILING = 900.0
# Dask kills a worker process of its own after 4 seconds.
SECONDS_TO_DRAIN = 3.5

logger = logging.getLogger(__name__)

# Set once the process is about to end: runs save a checkpoint at once and go back in line.
draining = Event()

_active_tickets: set[str] = set()
_changed = Condition()


class Watchdog:
    """Whether a run gets on. Only time in which this process ran counts: it may be suspended.

    Args:
        clock: tells seconds, and never jumps.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.beat(SECONDS_OF_PREPARING)

    def beat(self, seconds: float) -> None:
        """Note that the run has got on, and for how long it may say nothing now."""
        self._left = seconds
        self._looked = self._clock()

    def is_there(self) -> bool:
        """Whether the run got on lately; to be asked every few seconds."""
        before, self._looked = self._looked, self._clock()
        self._left -= min(self._looked - before, 2 * SECONDS_BETWEEN_SIGNS)
        return self._left > 0


@contextmanager
def heartbeat(store: Store, run: Run, ticket: str) -> Iterator[Watchdog]:
    """Have a run in hand: while its pulse is there, it gives signs of life also while it compiles.

    A run without one cannot be ended by itself: the process hands its others over and ends.
    """
    done, watchdog = Event(), Watchdog()
    with _changed:
        _active_tickets.add(ticket)
    watch = Thread(target=_give_signs, args=(store, run, ticket, watchdog, done), daemon=True)
    watch.start()
    try:
        yield watchdog
    finally:
        done.set()
        with _changed:
            _active_tickets.discard(ticket)
            _changed.notify_all()


def is_idle() -> bool:
    """Whether this process has no run in hand."""
    return not _active_tickets


def drain(seconds: float, hung: frozenset[str] = frozenset()) -> bool:
    """Let all runs of this process go back in line, each with a checkpoint, and take up no others.

    Args:
        seconds: to wait for them.
        hung: tickets that will not be let go of.

    Returns:
        False if some were still in hand after `seconds`; they go on from an older checkpoint.
    """
    draining.set()
    with _changed:
        return _changed.wait_for(lambda: _active_tickets <= hung, timeout=seconds)


def _give_signs(store: Store, run: Run, ticket: str, watchdog: Watchdog, done: Event) -> None:
    nothing_new = StoredProgress()
    while not done.wait(SECONDS_BETWEEN_SIGNS):
        if not watchdog.is_there():
            logger.critical("run hangs: its worker ends", extra={"run": run.id, "ticket": ticket})
            drain(SECONDS_TO_DRAIN, frozenset({ticket}))
            _end_process()
            return
        try:
            store.progress.append(run.id, ticket, nothing_new)
        except Superseded:
            return  # the run's own next report meets with the same
        except Exception:
            logger.warning("run %s could not give a sign of life", run.id, exc_info=True)


def _end_process() -> None:
    """End at once: threads that hang cannot be ended, and a new process takes the run up again."""
    logging.shutdown()
    os._exit(1)
