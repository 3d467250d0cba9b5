"""What a visitor sees when the program fails, and how an operator finds it in the log."""

import logging
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from traceback import extract_tb

import streamlit as st
from pydantic import ValidationError
from streamlit.runtime.scriptrunner import RerunException, StopException

from config.logs import hashed
from digits.settings import OUTDATED, problems
from model_store.database import StoreUnavailable
from model_store.limits import TooManyRuns
from server.addresses import page_file
from server.metrics import page_errors
from ui.shared.plain_text import plain
from ui.shared.session import visitor_id

SECONDS_BETWEEN_LOGS = 60.0
MOST_REMEMBERED = 1000

_logged_at: dict[str, float] = {}

logger = logging.getLogger(__name__)
# Streamlit logs the same traceback before it calls `show_error`.
logging.getLogger("streamlit.error_util").addFilter(
    lambda record: record.msg != "Uncaught app execution"
)


def show_error(error: Exception) -> bool:
    """Log the error, and tell the visitor in words, with the number it has in the log."""
    number = note(error, visitor_id())
    # The page may be called to run again just now; Streamlit would show an error of its own then.
    with suppress(RerunException, StopException):
        st.error(_sentence(error, number))
    return True


@contextmanager
def refusals_said() -> Iterator[None]:
    """Say in place why the store did not take what the visitor did; the rest of the page stays."""
    try:
        yield
    except TooManyRuns as error:
        st.warning(str(error), icon=":material/hourglass_top:")
        st.page_link(page_file("models"), label="Go to Models", icon=":material/inventory_2:")
    except ValidationError as error:
        st.warning(f"{OUTDATED} {plain(' '.join(problems(error)))}", icon=":material/history:")
    except StoreUnavailable as error:
        note(error, visitor_id())
        st.error(str(error))


@contextmanager
def told_beside_the_page() -> Iterator[None]:
    """What a callback raises would take the place of the page, and the drawing with it."""
    try:
        yield
    except StoreUnavailable as error:
        st.toast(str(error), icon=":material/error:", duration="long")


def note(error: Exception, visitor: str) -> str:
    """Count and log an error; one that comes again and again is logged once a minute.

    Returns:
        The number it has in the log.
    """
    page_errors.inc()
    visitor = hashed(visitor)
    number = _number(error, visitor)
    now = time.monotonic()
    if now - _logged_at.get(number, -math.inf) > SECONDS_BETWEEN_LOGS:
        _logged_at[number] = now
        fields = {"error_id": number, "visitor": visitor}
        logger.error("page failed", exc_info=error, extra=fields)
    while len(_logged_at) > MOST_REMEMBERED:
        _logged_at.pop(next(iter(_logged_at)), None)
    return number


def _sentence(error: Exception, number: str) -> str:
    if isinstance(error, StoreUnavailable):
        return str(error)
    return (
        "Something went wrong on this page. Your runs are safe. "
        "Reload the page; if that does not help, come back in a few minutes. "
        f"Should you report it, name the error **{number}**."
    )


def _number(error: Exception, visitor: str) -> str:
    """The same for the same error, at the same place, of the same visitor."""
    place = [f"{frame.filename}:{frame.lineno}" for frame in extract_tb(error.__traceback__)]
    return sha256(repr([type(error).__name__, place, visitor]).encode()).hexdigest()[:8]
