"""The drawing canvas; the one importer of streamlit-drawable-canvas."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit_drawable_canvas import st_canvas

from ui.picture import decoded

SIZE = 320
BRUSH = 18  # width of a stroke, in pixels of the canvas
INK = "#ffffff"
PAPER = "#10161d"

_FRONTEND = Path(__file__).parent / "frontend"
_undo = st.components.v2.component(
    "digit_playground_canvas_undo",
    html=(_FRONTEND / "canvas.html").read_text(),
    css=(_FRONTEND / "canvas.css").read_text(),
    js=(_FRONTEND / "canvas.js").read_text(),
    isolate_styles=False,  # for the font of the icons
)


def drawing_canvas() -> NDArray[np.uint8] | None:
    """Show the canvas and what empties it.

    Returns:
        RGBA pixels [SIZE, SIZE, 4], or None before the first stroke.
    """
    pixels = None
    try:
        result = st_canvas(
            stroke_width=st.session_state.get("brush", BRUSH),
            stroke_color=INK,
            background_color=PAPER,
            width=SIZE,
            height=SIZE,
            return_image_data=True,
            initial_drawing=st.session_state.get("put_back", {}).get(_key()),
            key=_key(),
        )
        if result.image_bytes is not None:
            pixels = decoded(result.image_bytes)
    except Exception:  # whatever a browser may have sent instead of a picture
        st.warning("The drawing did not arrive. Please clear the canvas and draw again.")
    st.button("Clear", key="clear", icon=":material/delete:", on_click=clear_canvas)
    return pixels


def show_tools() -> None:
    """Let the visitor take back a stroke, and choose how wide the strokes to come are.

    To be called once by a page, after the canvas: its script also looks after every canvas.
    """
    with st.container(key="undo"):
        _undo(key="undo_button", width="content")
    st.slider("Brush", 8, 40, value=BRUSH, key="brush")


def clear_canvas() -> None:
    """Empty the canvas: under another key it is another one."""
    st.session_state.canvas = st.session_state.get("canvas", 0) + 1
    st.session_state.pop(_key(), None)


def drawing_on_canvas() -> Any:
    """What the browser has sent of the drawing: strokes and picture; None while there is none."""
    sent = st.session_state.get(_key())
    drawing = sent.get("drawing") if isinstance(sent, Mapping) else None
    strokes = drawing.get("raw") if isinstance(drawing, Mapping) else None
    return drawing if isinstance(strokes, Mapping) and strokes.get("objects") else None


def put_back(drawing: Any) -> None:
    """Have a drawing on the canvas again that was there before, as `drawing_on_canvas` gave it."""
    clear_canvas()
    st.session_state[_key()] = {"drawing": drawing}
    # The canvas has to be given the same at each run, or it would be emptied.
    st.session_state.put_back = {_key(): drawing["raw"]}


def _key() -> str:
    return f"canvas_{st.session_state.get('canvas', 0)}"
