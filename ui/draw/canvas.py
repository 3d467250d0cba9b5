"""The drawing canvas; the one importer of streamlit-drawable-canvas."""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit_drawable_canvas import CanvasResult, st_canvas

from digits.drawing import Pixels
from digits.strokes import as_drawing, contradicts, rasterise, read_strokes
from ui.draw.tools import BRUSHES, brush
from ui.shared.picture import decoded

# Of its picture, in pixels. On the page it is up to 400 wide (`ui/shared/style.css`): to read half
# as many pixels again would take longer and tell nothing more.
SIZE = 320
INK = "#ffffff"
PAPER = "#10161d"
# Streamlit remembers every key of a visit. Two would do, if no message of a canvas were ever late.
CANVASES = 3


def drawing_canvas() -> Pixels | None:
    """Show the canvas and what empties it.

    Returns:
        RGBA pixels [SIZE, SIZE, 4], or ink [SIZE, SIZE] of the strokes; None before the first.
    """
    _bring_back()
    pixels = None
    try:
        result = st_canvas(
            stroke_width=BRUSHES[brush()],
            stroke_color=INK,
            background_color=PAPER,
            width=SIZE,
            height=SIZE,
            return_image_data=True,
            initial_drawing=_initial_drawing(),
            key=_key(),
        )
        pixels = _pixels(result)
    except Exception:  # whatever a browser may have sent instead of a picture
        st.warning("The drawing did not arrive. Please clear the canvas and draw again.")
    st.button("Clear", key="clear", icon=":material/delete:", on_click=clear_canvas)
    return pixels


def clear_canvas() -> None:
    """Empty the canvas: under another key it is another one, and what that had is forgotten."""
    st.session_state.canvas = _count() + 1
    for forgotten in (_key(), "put_back", "strokes", "just_kept"):
        st.session_state.pop(forgotten, None)


def take_back_stroke() -> None:
    """Take back a stroke that was put back; the canvas itself knows only those drawn since."""
    strokes = st.session_state.get("strokes", [])[:-1]
    if strokes:
        put_back({"raw": as_drawing(strokes, INK), "data": None})
    else:
        clear_canvas()


def drawing_on_canvas() -> Any:
    """What the browser has sent of the drawing: strokes and picture; None while there is none."""
    sent = st.session_state.get(_key())
    drawing = sent.get("drawing") if isinstance(sent, Mapping) else None
    strokes = drawing.get("raw") if isinstance(drawing, Mapping) else None
    return drawing if isinstance(strokes, Mapping) and strokes.get("objects") else None


def pixels_on_canvas() -> Pixels | None:
    """What the browser has sent last, as `drawing_canvas` would give it; for what is pressed."""
    drawing = drawing_on_canvas()
    if drawing is None:
        return None
    try:
        return _pixels(CanvasResult(drawing["raw"], drawing.get("data"), return_image_data=True))
    except Exception:  # whatever a browser may have sent instead of a picture
        return None


def put_back(drawing: Any) -> None:
    """Have a drawing on the canvas again that was there before, as `drawing_on_canvas` gave it."""
    clear_canvas()
    st.session_state[_key()] = {"drawing": drawing}
    st.session_state.put_back = drawing["raw"]


def _bring_back() -> None:
    """Start with what was drawn before a look at another page, which has the canvas forgotten."""
    strokes = st.session_state.get("strokes")
    if strokes and _key() not in st.session_state:
        put_back({"raw": as_drawing(strokes, INK), "data": None})


def _pixels(result: CanvasResult) -> Pixels | None:
    """What is drawn: the picture, or its strokes where a browser keeps the picture to itself."""
    try:
        strokes = read_strokes(result.json_data)
    except ValueError:
        strokes = []
    st.session_state.strokes = strokes
    picture = None
    try:
        if result.image_bytes is not None:
            picture = decoded(result.image_bytes)
    except Exception:
        if not strokes:
            raise
    if not strokes:
        return None if "is_blurred" in st.session_state else picture
    if picture is not None and picture.shape[:2] == (SIZE, SIZE):
        if not contradicts(picture, strokes):
            return picture
        st.session_state.is_blurred = True  # nor is to be believed what comes without strokes
    return rasterise(strokes, SIZE)


def _initial_drawing() -> dict[str, Any]:
    """What the canvas shows at first; when it is given another than before, it starts again.

    It is numbered, as a browser that missed the canvases between may still have this one, inked.
    """
    return {"objects": [], **st.session_state.get("put_back", {}), "number": _count()}


def _count() -> int:
    """How many times the canvas has become another one."""
    return int(st.session_state.get("canvas", 0))


def _key() -> str:
    return f"canvas_{_count() % CANVASES}"
