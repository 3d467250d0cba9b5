"""“No, that was a 7”: corrections of what was misread, and teaching them to the network."""

from collections.abc import Sequence

import streamlit as st

from model_store.limits import TooManyRuns
from model_store.records import Correction, Run
from ui.canvas import clear_canvas
from ui.pace import Action, in_time
from ui.reading import Reading
from ui.resources import resources
from ui.session import view, visitor_id


def show_corrections(run: Run, reading: Reading | None, corrections: Sequence[Correction]) -> None:
    """Let the visitor say what the drawing is, and teach a copy of the network.

    Args:
        run: the network that read.
        reading: what it read; None if there is nothing to correct.
        corrections: what the visitor has corrected so far.
    """
    if reading is not None:
        st.pills(
            "Misread? Say what it is",
            range(10),
            key="correction",
            on_change=_keep,
            args=(reading,),
            help="The drawing is kept with your answer, for you alone.",
        )
    if not corrections:
        return
    digits = ", ".join(str(each.label) for each in corrections[-12:])
    st.caption(f"You have corrected {len(corrections)}: {digits}.")
    with st.container(horizontal=True):
        pressed = st.button("Teach it", key="teach", type="primary", icon=":material/school:")
        if pressed and in_time(Action.TEACH):
            _teach(visitor_id(), run)
        if st.button("Forget them", key="forget", type="tertiary"):
            resources().store.corrections.forget(visitor_id())
            st.rerun()


def _teach(visitor: str, run: Run) -> None:
    try:
        view(resources().service.teach(visitor, run))
    except TooManyRuns as error:
        st.warning(str(error), icon=":material/hourglass_top:")
    else:
        st.rerun()


def _keep(reading: Reading) -> None:
    label = st.session_state.correction
    if label is None:
        return
    correction = Correction(reading.image.tobytes(), label)
    resources().store.corrections.add(visitor_id(), correction)
    st.session_state.correction = None
    clear_canvas()
    st.toast(f"Kept as a {label}. Draw the next one.")
