"""“No, that was a 7”: corrections of what was misread, and teaching them to the network."""

import streamlit as st

from digits.drawing import Pixels
from digits.words import a_digit
from model_store.database import StoreUnavailable
from model_store.records import Correction, Run
from ui.canvas import clear_canvas
from ui.errors import refusals_said
from ui.pace import Action, in_time
from ui.resources import resources
from ui.session import view, visitor_id


def show_corrections(run: Run, corrections: list[Correction]) -> None:
    """Let the visitor teach a copy of the network what they have corrected.

    Args:
        run: the network that read.
        corrections: what the visitor has corrected so far.
    """
    if not corrections:
        return
    digits = ", ".join(str(each.label) for each in corrections[-12:])
    st.caption(f"You have corrected {len(corrections)}: {digits}.")
    with st.container(horizontal=True):
        pressed = st.button("Teach it", key="teach", type="primary", icon=":material/school:")
        if pressed and in_time(Action.TEACH, visitor_id()):
            _teach(visitor_id(), run)
        if st.button("Forget them", key="forget", type="tertiary"):
            with refusals_said():
                resources().store.corrections.forget(visitor_id())
                st.rerun()


def _teach(visitor: str, run: Run) -> None:
    with refusals_said():
        if not resources().store.corrections.of_visitor(visitor):
            st.rerun()  # forgotten in another tab
        view(resources().service.teach(visitor, run))
        st.rerun()


def keep_correction(corrections: list[Correction], image: Pixels, label: int) -> None:
    """Keep what the visitor says about a drawing, once, and make way for the next one.

    Args:
        corrections: what the page shows of the visitor's corrections; brought up to date.
        image: as the network saw it, [28, 28].
        label: the digit that it is.
    """
    correction = Correction(image.tobytes(), label)
    if corrections and corrections[-1] == correction:
        return  # pressed twice
    kept = resources().store.corrections
    try:
        kept.add(visitor_id(), correction)
        corrections[:] = kept.of_visitor(visitor_id())
    except StoreUnavailable as error:
        # What a callback raises would take the place of the page, and the drawing with it.
        st.toast(str(error), icon=":material/error:", duration="long")
        return
    clear_canvas()
    st.toast(f"Kept as {a_digit(label)}. Draw the next one.")
