"""Opening to visitors: all that takes its time is done while the first browser loads Streamlit.

`app.py` imports little, so that the server answers as soon as an empty Streamlit app's does. A
thread imports the rest, opens the store and starts the training service; the first page, which a
browser asks for about then, waits for it.
"""

import gc
import logging
import os
import time
from importlib import import_module
from threading import Event, Thread

from ui.pages import PAGES

logger = logging.getLogger(__name__)

# What the first page needs, and what may be asked for beside it.
FOR_THE_FIRST_PAGE = (
    "ui.shared.errors",
    "ui.navigation",
    "ui.train.empty_state",
    "ui.shared.throttle",
    "ui.train.settings_form",
)
FOR_THE_OTHERS = (
    "server.probes",
    "ui.shared.live",
    *(module for page in PAGES for module in page.loaded_ahead),
)
SECONDS_A_PAGE_WAITS = 20.0
SECONDS_FOR_THE_FIRST_PAGE = 3.0

_open = Event()
_shown = Event()
_ended = Event()
_threads: list[Thread] = []


def open_in_background() -> None:
    """Begin to open, in a thread."""
    thread = Thread(target=_open_up, name="opening", daemon=True)
    _threads.append(thread)
    thread.start()


def is_open() -> bool:
    """Whether pages can be shown; in a test that runs them without a server, always."""
    return _open.is_set() or not _threads


def wait_until_open() -> None:
    """Wait until pages can be shown.

    Raises:
        TimeoutError: that takes too long; the message is a sentence for visitors.
    """
    if not is_open() and not _open.wait(SECONDS_A_PAGE_WAITS):
        raise TimeoutError(
            "The server is still starting. This page comes by itself when it is ready."
        )


def first_page_shown() -> None:
    """Note that somebody has a page: what else is to be loaded keeps nobody waiting now."""
    _shown.set()


def close() -> None:
    """End what was opened."""
    _ended.set()
    if _open.is_set():
        from server.resources import resources

        resources().service.close()
        resources().store.close()


def _open_up() -> None:
    try:
        for name in FOR_THE_FIRST_PAGE:
            import_module(name)
        _open_store()
        _open.set()
        _start_service()
    except Exception:
        logger.critical("the app cannot be opened", exc_info=True)
        logging.shutdown()
        os._exit(1)
    _shown.wait(SECONDS_FOR_THE_FIRST_PAGE)
    time.sleep(1)  # the browser still asks for what the page is made of
    _prepare_for_crowds()


def _open_store() -> None:
    from server.resources import example_digits, ready_made_run, resources
    from trainer.ready_made import install
    from trainer.retry import retry

    store = retry(resources).store
    retry(lambda: install(store))
    retry(ready_made_run)
    example_digits()


def _start_service() -> None:
    """Let the training service begin its work."""
    from server.connections import visitors_here
    from server.resources import resources
    from trainer.presence import SECONDS_BETWEEN_CHECKS, Presence
    from trainer.supervisor import PeriodicTask

    _, store, service = resources()
    service.periodic_tasks.append(
        PeriodicTask(SECONDS_BETWEEN_CHECKS, Presence(store, visitors_here).check)
    )
    if not _ended.is_set():
        service.start()


def _prepare_for_crowds() -> None:
    """Load the rest, and have the garbage collector stop everybody for less and less often.

    Each time it looked at all there is, nobody was answered for a tenth of a second.
    """
    for name in FOR_THE_OTHERS:
        import_module(name)
    gc.collect()
    gc.freeze()
    gc.set_threshold(700, 10, 50)
