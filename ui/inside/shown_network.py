"""Which network is taken apart, and what is to be said of it."""

from collections.abc import Sequence

import streamlit as st

from digits.settings import ACTIVATIONS
from digits.settings_in_words import described_beside
from model_store.records import WEIGHTS, Run
from server.addresses import page_file
from server.resources import ready_made_run
from trainer.ready_made import READY_MADE
from trainer.run_settings import settings_of_weights
from ui.shared.network_choice import finished_of, is_missed, offer_networks
from ui.shared.plain_text import plain
from ui.shared.session import visitor_id
from ui.shared.state_in_words import state_in_words


def shown_network(in_view: Run | None, trouble: str, own: Sequence[Run]) -> Run | None:
    """The run in view, or another in its place; named on the page, with why.

    Another can be chosen above its name.

    Args:
        in_view: the run that is wanted, if any.
        trouble: why it cannot be shown; empty if it can.
        own: the visitor's runs.

    Returns:
        None while there is no network at all.
    """
    stand_in = next(finished_of(own), None) or ready_made_run()
    run = stand_in if trouble or in_view is None else in_view
    if run is None or WEIGHTS not in run.artifacts:
        missing = "The ready-made network is not here yet. Please reload the page in a while."
        st.info(f"{trouble} {missing}")
        return None
    if in_view and _stood_in_for(in_view, trouble):
        st.info(f"**{plain(in_view.name)}** has finished, and is the one that is shown now.")
    if trouble:
        instead = "the ready-made network" if run.id == READY_MADE else f"**{plain(run.name)}**"
        st.warning(f"{trouble} Here is {instead} instead.")
    able = [each for each in own if not each.is_active and WEIGHTS in each.artifacts]
    chosen = None if run.id == READY_MADE else run
    offer_networks("The network that is looked into", "looked_into", chosen, able, visitor_id())
    with st.container(horizontal=True, vertical_alignment="center", key="inside_network"):
        rest = described_beside(run.name, settings_of_weights(run))
        st.markdown(f"{_named(run)}, {rest}.", width="content")
        if not able:
            words = "Train one of your own to look into"
            st.page_link(page_file("train"), label=words, icon=":material/play_circle:")
    return run


def _stood_in_for(in_view: Run, trouble: str) -> bool:
    """Whether another network was shown in place of this one until now."""
    waiting = "inside_waits_for"
    if trouble and in_view.is_active:
        st.session_state[waiting] = in_view.id
    return not trouble and st.session_state.pop(waiting, None) == in_view.id


def trouble_with(run: Run | None) -> str:
    """Why the run in view cannot be shown, or is not there any more; empty if nothing is wrong."""
    if is_missed(run):
        return "The network that you had in view has been deleted."
    if run is None:
        return ""
    settings = settings_of_weights(run)
    if run.is_active:
        # Its weights change by the second, and nobody should stop it by what the test images say.
        return (
            f"The network **{plain(run.name)}** has not finished training: it can be taken apart "
            "once it has."
        )
    if WEIGHTS not in run.artifacts:
        state = plain(state_in_words(run, settings))
        return f"The network **{plain(run.name)}** has no weights to look at: {state}."
    if settings.activation not in ACTIVATIONS:
        activation = plain(settings.activation)
        return f"This version of the program cannot compute the activation “{activation}”."
    return ""


def _named(run: Run) -> str:
    if run.id == READY_MADE:
        return "The **ready-made network**"
    whose = "Your network" if run.visitor == visitor_id() else "Somebody's network"
    return f"{whose} **{plain(run.name)}**"
