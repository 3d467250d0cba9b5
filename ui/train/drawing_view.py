"""The drawing that travelled with a run: what the network read in it, and since when."""

from functools import partial

import numpy as np
import streamlit as st

from digits.charts import probability_figure
from digits.drawing import IMAGE_SIDE
from digits.settings import CLASSES, TrainingSettings
from digits.words import a_digit, counted, probability
from model_store.records import Run
from server.resources import resources
from trainer.drawing_log import MOST_ANSWER_CHANGES, Shares, epoch_file, shares_of
from trainer.run_settings import course_of
from ui.shared.errors import told_beside_the_page
from ui.shared.picture import enlarged
from ui.shared.plot import show_figure
from ui.shared.session import visitor_id
from ui.train.network_picture import show_network_at

MOST_NAMED = 6
# An answer that changed many times, and still within the last quarter, has not settled.
STEPS_OF_UNREST = 0.75


def has_epochs(run: Run) -> bool:
    """Whether `show_drawing` shows the network too: as it was after each epoch."""
    return run.drawing is not None and not run.is_active and epoch_file(1) in run.artifacts


def show_drawing(run: Run, settings: TrainingSettings) -> None:
    """Show the drawing of a run, if it has one, and what was read in it after each epoch."""
    if run.drawing is None:
        return
    with st.container(key="run_drawing"):
        has_got_it = _has_settled(run) and not _ends_wrong(run)
        st.subheader("The moment it got it" if has_got_it else "What it read while it learned")
        picture, words = st.columns([1, 3], vertical_alignment="center")
        image = np.frombuffer(run.drawing, np.uint8).reshape(IMAGE_SIDE, IMAGE_SIDE)
        whose = "Your drawing" if run.visitor == visitor_id() else "A drawing"
        said = f"{whose}, as the network sees it"
        picture.image(enlarged(image, 5), caption=said, width=140, alt="The drawing")
        with words:
            st.markdown(_in_words(run))
            if run.visitor == visitor_id():
                _ask_for_label(run)
        shares = shares_of(run, resources().store)
        if not run.is_active and len(shares.steps):
            best = int((run.test or {}).get("best_epoch", 0))
            st.fragment(partial(_show_epochs, run, shares, settings, best))()


def _has_settled(run: Run) -> bool:
    """Whether the answer has stayed for a good part of the steps, or has hardly changed at all."""
    changes = run.drawing_changes or []
    return len(changes) <= MOST_NAMED + 1 or changes[-1][0] < STEPS_OF_UNREST * run.step


def _ends_wrong(run: Run) -> bool:
    """Whether the last answer is not the digit that the owner says it is."""
    if run.drawing_label is None or not run.drawing_changes:
        return False
    return bool(run.drawing_changes[-1][1] != run.drawing_label)


def _in_words(run: Run) -> str:
    """Which digits were read one after the other."""
    changes = run.drawing_changes or []
    if not changes:
        return "It is read as soon as the training starts, and at each report."
    if not _has_settled(run):
        return _restless(run, len(changes) - 1)
    told = [
        f"from epoch {course_of(run).epochs_at(step):.2f} on {a_digit(digit)}"
        for step, digit, _ in changes[1:]
    ]
    first = f"At first it was read as {a_digit(changes[0][1])}"
    if not told:
        return f"{first}, and at every report since."
    left_out = [f"{counted(len(told) - MOST_NAMED, 'change')} later"] * (len(told) > MOST_NAMED)
    end = " Later changes were not noted." if len(changes) == MOST_ANSWER_CHANGES else ""
    return f"{first}, {', '.join([*left_out, *told[-MOST_NAMED:]])}.{end}"


def _restless(run: Run, changes: int) -> str:
    """What is said of an answer that went to and fro."""
    assert run.drawing_changes
    step, digit, _ = run.drawing_changes[-1]
    if changes + 1 == MOST_ANSWER_CHANGES:  # those that followed were not noted
        return f"It changed its answer more than {changes} times."
    last = f"the last time in epoch {course_of(run).epochs_at(step):.2f}, to {a_digit(digit)}"
    if run.is_active:
        return f"It has not settled yet: the answer has changed {changes} times, {last}."
    return f"It settled late, if at all: the answer changed {changes} times, {last}."


def _ask_for_label(run: Run) -> None:
    """Let the owner say which digit it is: then what is marked is right or wrong."""
    key = f"drawing_label_{run.id}"
    st.session_state.setdefault(key, run.drawing_label)
    st.pills(
        "Which digit is it?", range(CLASSES), key=key, on_change=partial(_keep_label, run.id, key)
    )


def _keep_label(run_id: str, key: str) -> None:
    label = st.session_state.get(key)
    with told_beside_the_page():
        resources().store.runs.label_drawing(run_id, visitor_id(), label)


def _show_epochs(run: Run, shares: Shares, settings: TrainingSettings, best: int) -> None:
    """The ten shares after an epoch that is chosen; only this runs again for another.

    Args:
        run: with a drawing.
        shares: what was read.
        settings: of the run.
        best: the epoch whose weights were kept, where those are not the last ones; or 0.
    """
    course = course_of(run)
    last = int(course.epochs_at(shares.steps[-1]))
    chosen = min(best or last, last)
    epoch = st.slider("After epoch", 0, last, chosen, key=f"drawing_epoch_{last}") if last else 0
    index = max(0, int(np.searchsorted(shares.steps, course.starts[epoch], "right")) - 1)
    now = shares.shares[index]
    digit = int(now.argmax())
    sure = probability(now[digit])
    said = f"After {counted(epoch, 'epoch')} it reads {a_digit(digit)}, {sure} sure."
    with st.container(key="drawing_figure"):
        show_figure(probability_figure(now), "drawing", said)
    kept = f" The network that was kept is that of epoch {best}." if best else ""
    st.caption(f"{said}{kept} These are the shares of softmax, before they are calibrated.")
    if has_epochs(run):
        assert run.drawing
        show_network_at(settings, run, epoch, run.drawing)
