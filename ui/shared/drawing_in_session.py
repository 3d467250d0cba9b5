"""What the visitor has drawn last, for the other pages: a run to be trained takes it along."""

from typing import NamedTuple

import streamlit as st

from digits.drawing import Pixels


class Drawing(NamedTuple):
    """A drawing, prepared, as bytes of [28, 28], and the digit that it is, if that was said."""

    image: bytes
    label: int | None = None


def keep_drawing(image: Pixels, label: int | None = None) -> None:
    """Keep what is on the canvas now, [28, 28], or what was just corrected to be a `label`."""
    st.session_state.drawing = Drawing(image.tobytes(), label)


def forget_drawing() -> None:
    """Note that the canvas is empty; what was corrected stays until there is another drawing."""
    kept = kept_drawing()
    if kept and kept.label is None:
        del st.session_state.drawing


def kept_drawing() -> Drawing | None:
    """The drawing of this visit, if there is one."""
    found: Drawing | None = st.session_state.get("drawing")
    return found
