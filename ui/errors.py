"""What a visitor sees when the program fails."""

import logging

import streamlit as st

from model_store.database import StoreUnavailable

logger = logging.getLogger(__name__)


def apologize(error: Exception) -> bool:
    """Log the error, and tell the visitor in words instead of a traceback."""
    logger.error("a page failed", exc_info=error)
    if isinstance(error, StoreUnavailable):
        st.error(str(error))
        return True
    st.error(
        "Something went wrong on this page. Your runs are safe. "
        "Reload the page; if that does not help, come back in a few minutes."
    )
    return True
