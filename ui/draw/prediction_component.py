"""What a network answers to a drawing, as one element of the page.

Streamlit takes its time for each element of a page, whatever is in it: for words, pictures,
switches and bars one by one that was longer than all that the network itself takes.
"""

import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

import streamlit as st

from digits.settings import CLASSES
from digits.words import a_digit
from model_store.records import LabelledDrawing
from ui.shared import network_picture

_KEY = "answer"
_HERE = Path(__file__).parent
_answer = st.components.v2.component(
    "digit_playground_answer",
    html=(_HERE / "prediction.html").read_text(),
    css=(_HERE / "prediction.css").read_text() + network_picture.STYLE,
    js="\n".join((_HERE / name).read_text() for name in ("bars.js", "prediction.js")),
    isolate_styles=False,  # the reader in the page shows its answer there too
)


class Switches(NamedTuple):
    """What a visitor has chosen: to read the drawing prepared as MNIST was, and calibrated."""

    prepared: bool
    calibrated: bool


class Picture(TypedDict):
    """A picture by its address, and what is written below it."""

    address: str
    caption: str


class Answer(TypedDict):
    """All that is shown of an answer.

    Attributes:
        image: tells this drawing from all others.
        seen: the image [28, 28] that was read, its bytes as Base64.
        digit: that was read.
        words: which digit it is, and how sure the network is.
        as_of: how far the network's training was, in words; empty once that has ended.
        pictures: what it has seen, and why it reads so.
        doubt: why this may be no digit at all; empty if it may well be one.
        shares: the ten probabilities.
        numbers: the same as they are written beside the bars, empty for those too small to be.
        description: the probabilities in words, for those who cannot see the bars.
        steps: from the drawing to what the network sees.
        compared: what the preparation changes, in words.
        neighbours: the module that shows the nearest training images, and where it asks for them.
    """

    image: str
    seen: str
    digit: str
    words: str
    as_of: str
    pictures: list[Picture]
    doubt: str
    shares: list[float]
    numbers: list[str]
    description: str
    steps: list[Picture]
    compared: str
    neighbours: dict[str, str]


def switches() -> Switches:
    """How the visitor wants drawings to be read; both switches are on at first."""
    return Switches(*(bool(st.session_state.get(name, True)) for name in Switches._fields))


def show_nothing_drawn(
    chosen: Switches, kept: LabelledDrawing | None, take_back: Callable[[int], None]
) -> None:
    """Say what to do, in the place of an answer; there the page shows what it reads by itself.

    Args:
        chosen: how drawings are to be read.
        kept: what the visitor has just corrected, who is thanked here, where they look.
        take_back: called with its id if it was a slip.
    """
    shown: dict[str, Any] = {"nothing": "Nothing drawn yet"}
    if kept:
        shown["kept"] = {"id": kept.id, "words": f"Thank you. Kept as {a_digit(kept.label)}."}
    _mount(shown, chosen, taken_back=partial(_pass_on_kept, kept, take_back))


def show_answer(answer: Answer, chosen: Switches, correct: Callable[[int], None]) -> None:
    """Show an answer, in the place of the one before.

    Args:
        answer: what is to be seen.
        chosen: how the drawing was read.
        correct: called with the digit that the visitor says it is.
    """
    _mount(answer, chosen, corrected=partial(_pass_on, answer["image"], correct))


def _nothing() -> None:
    """What is sent too late for what is shown."""


def _mount(
    shown: Mapping[str, Any],
    chosen: Switches,
    corrected: Callable[[], None] = _nothing,
    taken_back: Callable[[], None] = _nothing,
) -> None:
    # With the time, or the browser would not hear of an answer that is the same as before, such as
    # none to a stroke that was taken back at once, and go on to show what it has read by itself.
    data = {**shown, **chosen._asdict(), "at": time.time()}
    _answer(
        data=[data],  # in a list, as Streamlit looks for tables in all parts of a dictionary
        key=_KEY,
        on_prepared_change=partial(_remember, "prepared"),
        on_calibrated_change=partial(_remember, "calibrated"),
        on_correction_change=corrected,
        on_taken_back_change=taken_back,
    )


def _remember(name: str) -> None:
    """Keep a switch also while no answer is shown."""
    st.session_state[name] = _sent(name) is not False


def _pass_on(image: str, correct: Callable[[int], None]) -> None:
    """Take a correction, unless it is of an earlier drawing."""
    sent = _sent("correction")
    if not isinstance(sent, dict) or sent.get("image") != image:
        return
    digit = sent.get("digit")
    if type(digit) is int and 0 <= digit < CLASSES:
        correct(digit)


def _pass_on_kept(kept: LabelledDrawing | None, take_back: Callable[[int], None]) -> None:
    """Take back what was just kept, unless that is another by now."""
    if kept and _sent("taken_back") == kept.id:
        take_back(kept.id)


def _sent(name: str) -> object:
    """What the browser has sent under a name: anything at all."""
    state = st.session_state.get(_KEY)
    return state.get(name) if isinstance(state, dict) else None
