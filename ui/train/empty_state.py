"""What the Train page says to whoever has no run in view yet."""

from contextlib import suppress

import streamlit as st

from digits.settings import TrainingSettings
from digits.words import counted, in_line, rounded
from model_store.database import StoreUnavailable
from server.resources import example_digits, resources
from ui.shared.errors import refusals_said
from ui.shared.picture import contact_sheet
from ui.shared.session import visitor_id
from ui.shared.state_in_words import SECONDS_OF_A_MOMENT
from ui.train.network_picture import show_network

SECONDS_UNTIL_MEASURED = 2.0
SECONDS_BETWEEN_LOOKS = 5.0
MAY_PRESS = "You can press Train already: the run then starts by itself."


def show_what_is_learned_from(settings: TrainingSettings | None, is_greeted: bool) -> None:
    """Before the first run: the network, a look at the images, and what will happen.

    Args:
        settings: those on the page; None while they are refused.
        is_greeted: whether another network is shown already.
    """
    if settings and not is_greeted:
        show_network(settings)
    digits = example_digits()
    if digits is not None:
        with st.container(key="example_sheet"):
            st.image(
                contact_sheet(digits[0][:60], 15),
                width="stretch",
                alt="Sixty handwritten digits, white on black, in four rows",
            )
        st.caption(
            "Sixty of the 10,000 test images of MNIST, written by American pupils and clerks. "
            "The network learns from others and is tested on these."
        )
    st.markdown(
        ":material/show_chart: Press **Train**, and two curves appear here: the loss falls, the "
        "accuracy rises."
    )
    readiness = resources().service.readiness
    st.caption(readiness.line if readiness.is_ready else f"{readiness.line} {MAY_PRESS}")


def show_queue_estimate(settings: TrainingSettings | None) -> None:
    """Say before Train is pressed how long the run would take, and how long it would have to wait.

    Args:
        settings: those on the page; None while they are refused.
    """
    unknown = settings is not None and resources().service.expected_seconds(settings) is None
    # The first visitor is there before the machine has been measured; and what is ahead ends.
    pause = SECONDS_UNTIL_MEASURED if unknown else SECONDS_BETWEEN_LOOKS
    is_to_change = unknown
    with suppress(StoreUnavailable):  # which is said below
        is_to_change = unknown or _wait() is not None
    refreshed = st.fragment(_queue_estimate, run_every=pause if is_to_change else None)
    refreshed(settings, unknown)


def _queue_estimate(settings: TrainingSettings | None, was_unknown: bool) -> None:
    seconds = resources().service.expected_seconds(settings) if settings else None
    if was_unknown and seconds is not None:
        st.rerun()  # which also ends the asking
    if settings:
        with st.container(key="expected_time"):  # which the greeting says too
            st.caption(f":material/timer: {_in_words(seconds)}")
    with refusals_said():
        if wait := _wait():
            st.caption(f":material/hourglass_top: {wait}")


def _wait() -> str | None:
    """What a run that is put in line now has to wait for; None if it starts at once."""
    ahead, wait = resources().service.queue_estimate(visitor_id())
    if wait is None:
        return f"{in_line(ahead).capitalize()} before yours."
    if wait > SECONDS_OF_A_MOMENT:
        return f"{_before_it(ahead)}; it would start in about {rounded(wait)}."
    return None


def _before_it(waiting: int) -> str:
    """What a run that is put in line now has to wait for."""
    if waiting:
        return f"{in_line(waiting).capitalize()} before yours"
    own = [run for run in resources().store.runs.active() if run.visitor == visitor_id()]
    return "Your run that trains now comes first" if own else "Other runs are training now"


def _in_words(seconds: float | None) -> str:
    if seconds is None:
        return (
            "You can press Train already. How long it takes is said here once this machine has "
            "been measured."
        )
    most = resources().config.limits.minutes_a_run
    if seconds > 60 * most:
        return (
            f"It would take about **{rounded(seconds)}** on this machine. Every run has "
            f"{counted(most, 'minute')} here; what it has learned by then is kept."
        )
    return f"About **{rounded(seconds)}** on this machine, when it has nothing else to do"
