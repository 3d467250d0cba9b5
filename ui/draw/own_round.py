"""A round of ten digits that the page names and the visitor draws: a test set of their own."""

import time
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from digits.drawing import prepare
from digits.settings import CLASSES
from digits.words import a_digit
from model_store.records import LabelledDrawing
from server.resources import resources
from ui.draw.canvas import clear_canvas, drawing_canvas, drawing_on_canvas, pixels_on_canvas
from ui.draw.canvas import put_back as put_on_canvas
from ui.shared.errors import told_beside_the_page
from ui.shared.picture import picture_address
from ui.shared.session import visitor_id

_KEY = "own_round"
_NOTHING_DRAWN = "Nothing is drawn yet."
_HERE = Path(__file__).parent
_prompt = st.components.v2.component(
    "digit_playground_own_round",
    html=(_HERE / "own_round.html").read_text(),
    css=(_HERE / "own_round.css").read_text(),
    js=(_HERE / "own_round.js").read_text(),
    isolate_styles=False,
)


class Drawn(NamedTuple):
    """A digit of the round that is over: kept under an id, or skipped (0, and no picture)."""

    id: int
    address: str


def begin_round() -> None:
    """Name the first digit from now on; what is on the canvas comes back after the round."""
    st.session_state.round = []
    st.session_state.before_round = drawing_on_canvas()
    clear_canvas()


def is_in_round() -> bool:
    """Whether the visitor is asked for digits at the moment."""
    return "round" in st.session_state


def has_finished_round() -> bool:
    """Whether all ten digits were asked for since this was asked last."""
    return bool(st.session_state.pop("round_finished", False))


def show_round() -> None:
    """Name the next digit, above a canvas for it. Nothing is read: that would help to draw it."""
    drawn = _drawn()
    digit = len(drawn)
    data = {
        "digit": digit,
        "words": f"Draw {a_digit(digit)}",
        "place": f"{digit + 1} of {CLASSES}",
        "drawn": [each.address for each in drawn],
        "trouble": st.session_state.pop("round_trouble", ""),
        "at": time.time(),  # or the browser would not hear of what is as before
    }
    _prompt(data=[data], key=_KEY, on_pressed_change=_pass_on)
    drawing_canvas()


def _drawn() -> list[Drawn]:
    found: list[Drawn] = st.session_state.get("round", [])
    return found


def _pass_on() -> None:
    """Take what was pressed, unless it was for another digit than the one that is asked for."""
    state = st.session_state.get(_KEY)
    sent = state.get("pressed") if isinstance(state, dict) else None
    if not isinstance(sent, dict) or not is_in_round() or sent.get("digit") != len(_drawn()):
        return
    what = sent.get("what")
    if not isinstance(what, str) or what not in _PRESSED:
        return
    with told_beside_the_page():
        _PRESSED[what]()
    if len(_drawn()) == CLASSES:
        st.session_state.round_finished = True
        _stop()


def _keep() -> None:
    pixels = pixels_on_canvas()
    preparation = None if pixels is None else prepare(pixels)
    if preparation is None or preparation.is_blank:
        st.session_state.round_trouble = _NOTHING_DRAWN
        return
    image = preparation.image
    drawing = LabelledDrawing(image.tobytes(), len(_drawn()))
    kept = resources().store.own_digits.add(visitor_id(), drawing)
    _drawn().append(Drawn(kept, picture_address(image)))
    clear_canvas()


def _skip() -> None:
    _drawn().append(Drawn(0, ""))
    clear_canvas()


def _redo() -> None:
    """Ask for the digit before once more; what was kept of it is forgotten."""
    if not _drawn():
        return
    before = _drawn()[-1]
    if before.id:
        resources().store.own_digits.take_back(visitor_id(), before.id)
    _drawn().pop()
    clear_canvas()


def _stop() -> None:
    """Leave the page as it was before the round, but for what was kept."""
    st.session_state.pop("round")
    before = st.session_state.pop("before_round", None)
    clear_canvas()
    if before:
        put_on_canvas(before)


_PRESSED = {"next": _keep, "skip": _skip, "redo": _redo, "stop": _stop}
