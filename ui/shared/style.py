"""The style sheet of all pages."""

from pathlib import Path

import streamlit as st

_STYLE = (Path(__file__).parent / "style.css").read_text()
# Streamlit puts a style sheet that stands alone among the toasts, and there the first toast of a
# fragment takes its place. With something beside it, it stays in the page.
_ELEMENT = f"<span hidden></span><style>{_STYLE}</style>"


def apply_style() -> None:
    """Add the style sheet to the page."""
    with st.container(key="page_style"):
        st.html(_ELEMENT)
