"""What a visitor sees when the program fails."""

import logging
from contextlib import suppress

import streamlit as st
from streamlit.runtime.scriptrunner import RerunException, StopException

logger = logging.getLogger(__name__)


def apologize(error: Exception) -> bool:
    """Log the error, and tell the visitor in words instead of a traceback."""
    logger.error("a page failed", exc_info=error)
    # The page may be called to run again just now; Streamlit would show an error of its own then.
    with suppress(RerunException, StopException):
        st.error(
            "Something went wrong on this page. Your runs are safe. "
            "Reload the page; if that does not help, come back in a few minutes."
        )
    return True
