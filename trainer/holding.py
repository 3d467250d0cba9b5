"""The runs that this worker process has in hand: signs of life, and handing over before it ends."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition, Event, Thread

from model_store.progress import Superseded
from model_store.records import Points, Progress, Run
from model_store.store import Store

SECONDS_BETWEEN_SIGNS = 5.0

logger = logging.getLogger(__name__)

# Set once the process is about to end: runs save a checkpoint at once and go back in line.
leaving = Event()

_in_hand: set[str] = set()
_changed = Condition()


@contextmanager
def held(store: Store, run: Run, ticket: str) -> Iterator[None]:
    """Have a run in hand: it gives signs of life also while it compiles or is measured."""
    done = Event()
    Thread(target=_give_signs, args=(store, run, ticket, done), daemon=True).start()
    with _changed:
        _in_hand.add(ticket)
    try:
        yield
    finally:
        done.set()
        with _changed:
            _in_hand.discard(ticket)
            _changed.notify_all()


def is_idle() -> bool:
    """Whether this process has no run in hand."""
    return not _in_hand


def hand_over(seconds: float) -> bool:
    """Let go of all runs, and take up no others.

    Returns:
        False if some were still in hand after `seconds`; they go on from an older checkpoint.
    """
    leaving.set()
    with _changed:
        return _changed.wait_for(lambda: not _in_hand, timeout=seconds)


def _give_signs(store: Store, run: Run, ticket: str, done: Event) -> None:
    nothing_new = Progress(Points.joined([]), [])
    while not done.wait(SECONDS_BETWEEN_SIGNS):
        try:
            store.progress.append(run.id, ticket, nothing_new)
        except Superseded:
            return  # the run's own next report meets with the same
        except Exception:
            logger.warning("run %s could not give a sign of life", run.id, exc_info=True)
