"""Undo and three brushes, below the canvas; their script also looks after every canvas."""

from collections.abc import Callable, Mapping
from pathlib import Path

import streamlit as st

BRUSHES = {"thin": 10, "middle": 18, "thick": 30}  # widths of a stroke, in pixels of the picture
_KEY = "canvas_tools"
_HERE = Path(__file__).parent
_tools = st.components.v2.component(
    "digit_playground_canvas_tools",
    html=(_HERE / "tools.html").read_text(),
    css=(_HERE / "tools.css").read_text(),
    js=(_HERE / "tools.js").read_text(),
    isolate_styles=False,  # for the font of the icons
)


def show_tools(take_back_stroke: Callable[[], None]) -> None:
    """Let the visitor take back a stroke, and choose how wide the strokes to come are.

    To be called once by a page, after the canvas.

    Args:
        take_back_stroke: called for a stroke that the canvas in the browser does not know.
    """
    with st.container(key="undo"):
        _tools(
            data={"brush": brush()},
            key=_KEY,
            on_undo_change=take_back_stroke,
            on_brush_change=_take_brush,
        )


def brush() -> str:
    """The brush of the strokes to come, also after a look at another page."""
    return str(st.session_state.get("brush", "middle"))


def _take_brush() -> None:
    """Take the brush that the browser says was chosen: anything at all may have come."""
    state = st.session_state.get(_KEY)
    sent = state.get("brush") if isinstance(state, Mapping) else None
    if isinstance(sent, str) and sent in BRUSHES:
        st.session_state.brush = sent
