"""The style sheet of all pages."""

from pathlib import Path

import streamlit as st

_STYLE = Path(__file__).parent / "frontend" / "style.css"


def apply_style() -> None:
    """Add the style sheet to the page."""
    st.html(_STYLE)
