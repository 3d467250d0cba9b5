"""“No, that was a 7”: corrections of what was misread, and teaching them to the network."""

import streamlit as st

from config.environment import retention_from_environment
from digits.drawing import Pixels
from digits.words import counted
from model_store.drawings import Drawings
from model_store.records import LabelledDrawing, Run
from server.resources import resources
from trainer.run_settings import settings_of
from ui.draw.canvas import clear_canvas, drawing_on_canvas, put_back
from ui.draw.drawing_list import forget, offer_to_bring_back, show_kept
from ui.shared.drawing_in_session import keep_drawing
from ui.shared.errors import refusals_said, told_beside_the_page
from ui.shared.fine_tuning_view import show_fine_tuning
from ui.shared.plain_text import plain
from ui.shared.session import view, visitor_id
from ui.shared.throttle import Action, allow

MOST_NAMED = 12


def show_corrections(run: Run, in_view: Run | None, corrections: list[LabelledDrawing]) -> None:
    """Let the visitor teach a copy of the network what they have corrected, or take it back.

    Args:
        run: the network that reads.
        in_view: the run that is to read, perhaps one that is still being taught.
        corrections: what the visitor has corrected so far.
    """
    fine_tuned = in_view if in_view and in_view.fine_tuning else None
    all_of_them = (resources().store.corrections, "forgotten")
    if corrections:
        digits = ", ".join(str(each.label) for each in corrections[-MOST_NAMED:])
        more = "…, " if len(corrections) > MOST_NAMED else ""
        kept = counted(retention_from_environment().days, "day")
        drawings = counted(len(corrections), "drawing")
        words = f"You have named {drawings}: {more}{digits}. Each is kept for {kept}."
        show_kept(words, corrections, take_back)
        with st.container(horizontal=True):
            if not (fine_tuned and fine_tuned.is_active):
                _offer_to_teach(run)
            st.button(
                "Forget them", key="forget", type="tertiary", on_click=_forget, args=all_of_them
            )
    elif "forgotten" in st.session_state:
        offer_to_bring_back("What you had named is forgotten.", "bring_back", all_of_them)
    if fine_tuned:
        show_fine_tuning(fine_tuned, settings_of(fine_tuned))
        if fine_tuned.id == run.id:
            _offer_as_it_was(fine_tuned)
        with st.container(key="to_canvas"):
            st.markdown("[Back to the canvas](#draw-a-digit)")


def _offer_to_teach(run: Run) -> None:
    pressed = st.button("Teach it", key="teach", type="primary", icon=":material/school:")
    if pressed and allow(Action.TEACH, visitor_id()):
        _teach(visitor_id(), run)


def _offer_as_it_was(fine_tuned: Run) -> None:
    """Offer the network as it was before it was taught."""
    assert fine_tuned.fine_tuning is not None
    before = resources().store.runs.get(fine_tuned.fine_tuning.source)
    if before is None:
        st.caption("The network as it was before the lesson has been deleted.")
        return
    st.caption(
        f"**{plain(fine_tuned.name)}** reads now. The lesson made a copy: "
        f"**{plain(before.name)}** is as it was before."
    )
    if st.button("Read with the network as it was", key="untaught", icon=":material/undo:"):
        view(before)
        st.rerun()


def _teach(visitor: str, run: Run) -> None:
    with refusals_said():
        if not resources().store.corrections.of_visitor(visitor):
            st.rerun()  # forgotten in another tab
        view(resources().service.teach(visitor, run))
        st.rerun()


def keep_correction(corrections: list[LabelledDrawing], image: Pixels, label: int) -> None:
    """Keep what the visitor says about a drawing, once, and make way for the next one.

    Args:
        corrections: what the page shows of the visitor's corrections; brought up to date.
        image: as the network saw it, [28, 28].
        label: the digit that it is.
    """
    correction = LabelledDrawing(image.tobytes(), label)
    if corrections and corrections[-1] == correction:
        return  # pressed twice
    kept = resources().store.corrections
    with told_beside_the_page():
        kept.add(visitor_id(), correction)
        corrections[:] = kept.of_visitor(visitor_id())
        st.session_state.pop("forgotten", None)
        st.session_state.set_aside = (corrections[-1].id, drawing_on_canvas())
        st.session_state.corrected = True
        clear_canvas()
        st.session_state.just_kept = corrections[-1]
        keep_drawing(image, label)


def has_corrected() -> bool:
    """Whether a correction was kept, or taken back, since this was asked last."""
    return bool(st.session_state.pop("corrected", False))


def just_kept() -> LabelledDrawing | None:
    """The correction that made way for the next drawing, until that is there."""
    kept: LabelledDrawing | None = st.session_state.get("just_kept")
    return kept


def _forget(kept: Drawings, name: str) -> None:
    st.session_state.pop("just_kept", None)
    forget(kept, name)


def take_back(correction_id: int) -> None:
    """Forget one correction; the drawing that was just corrected is on the canvas again."""
    st.session_state.pop("just_kept", None)
    with told_beside_the_page():
        resources().store.corrections.take_back(visitor_id(), correction_id)
        st.session_state.corrected = True
        last, drawing = st.session_state.get("set_aside", (0, None))
        if correction_id == last and drawing and not drawing_on_canvas():
            put_back(drawing)
