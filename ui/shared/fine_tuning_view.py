"""A network that is taught a visitor's corrections: what it was taught, before and after."""

import streamlit as st

from digits.settings import TrainingSettings
from model_store.records import FineTuningResult, Run, StopRequest
from server.resources import resources
from ui.shared.errors import refusals_said
from ui.shared.live import show_live
from ui.shared.own_digits import show_own_score
from ui.shared.session import visitor_id


def show_fine_tuning(run: Run, settings: TrainingSettings) -> None:
    """Show a run that is taught; while that goes on, the browser keeps it up to date."""
    with st.container(key="run_state"):
        show_live(run, settings, run.id, None)
    _controls(run)
    _show_result(run)


def _show_result(run: Run) -> None:
    """Show what the fine-tuning did, if it came to its end."""
    if not isinstance(run.fine_tuning, FineTuningResult):
        return
    result = run.fine_tuning
    own, test = st.columns(2)
    with own, st.container(key="fine_tuning_result"):
        before, after = _count(result, result.own_before), _count(result, result.own_after)
        _compare(
            "The drawing it was taught" if result.drawings == 1 else "The drawings it was taught",
            f"{after} of {result.drawings} right",
            f"before: {before}",
            after - before,
        )
    with test, st.container(key="test_accuracy"):
        points = round(100 * (result.test_after - result.test_before), 2)
        _compare(
            "Accuracy on 10,000 test images",
            f"{result.test_after:.2%}",
            f"{abs(points):.2f} points {'more' if points > 0 else 'less'} than before",
            points,
        )
    with st.container(key="own_accuracy"):
        show_own_score(run)
    if result.own_after <= result.own_before < 1:
        st.caption(
            "The lesson did not help with these drawings. It goes only so far that the digits "
            "which the network knows already stay known."
        )


def _count(result: FineTuningResult, share: float) -> int:
    """How many of the corrected drawings a share of them is."""
    return round(share * result.drawings)


def _compare(label: str, after: str, before: str, change: float) -> None:
    """A figure and what it was before; the arrow says which way it went, if any."""
    st.metric(
        label,
        after,
        before if change else "unchanged",
        delta_arrow="up" if change > 0 else "down" if change else "off",
        delta_color="blue" if change > 0 else "orange" if change else "off",
    )


def _controls(run: Run) -> None:
    """What the owner can do with the fine-tuning now."""
    visitor = visitor_id()
    with st.container(key="controls", horizontal=True):
        if run.visitor != visitor:
            return
        if run.is_active:
            if st.button("Stop the lesson", key="stop", icon=":material/stop:"):
                with refusals_said():
                    resources().service.ask(run.id, visitor, StopRequest.STOP)
                    st.rerun()
        elif not isinstance(run.fine_tuning, FineTuningResult):
            _offer_again(run, visitor)


def _offer_again(run: Run, visitor: str) -> None:
    """Offer what did not come to its end once more, if there is something to teach."""
    if not resources().store.corrections.of_visitor(visitor):
        return
    if not st.button("Teach it again", key="resume", icon=":material/school:"):
        return
    with refusals_said():
        resources().service.go_on(run, visitor)
        st.rerun()
