"""What a visitor sees when the program fails, and how an operator finds it in the log."""

import logging
from contextlib import suppress
from hashlib import sha256
from traceback import extract_tb

import streamlit as st
from streamlit.runtime.scriptrunner import RerunException, StopException

from model_store.database import StoreUnavailable
from trainer.logs import hashed
from ui.metrics import page_errors
from ui.session import visitor_id

logger = logging.getLogger(__name__)
# Streamlit logs the same traceback before it calls `apologize`.
logging.getLogger("streamlit.error_util").addFilter(
    lambda record: record.msg != "Uncaught app execution"
)


def apologize(error: Exception) -> bool:
    """Log the error, and tell the visitor in words, with the number it has in the log.

    A live page may fail five times a second in the same way: it is counted each time, but logged
    once.
    """
    page_errors.inc()
    visitor = hashed(visitor_id())
    number = _number(error, visitor)
    if st.session_state.get("page_error") != number:
        st.session_state.page_error = number
        fields = {"error_id": number, "visitor": visitor}
        logger.error("page failed", exc_info=error, extra=fields)
    # The page may be called to run again just now; Streamlit would show an error of its own then.
    with suppress(RerunException, StopException):
        st.error(_sentence(error, number))
    return True


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
