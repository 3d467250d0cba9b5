"""A list of networks to choose from: the visitor's own, the one in view, the ready-made."""

from collections.abc import Iterable, Iterator, Sequence

import streamlit as st

from model_store.records import WEIGHTS, Run, State
from server.resources import ready_made_run, resources
from trainer.ready_made import READY_MADE
from ui.shared.session import forget_run, view


def finished_of(own: Iterable[Run]) -> Iterator[Run]:
    """The visitor's networks that a page may be about, unless they have chosen the ready-made one.

    Args:
        own: the visitor's runs, newest first.

    Yields:
        Those that have finished and have weights.
    """
    if "chose_ready_made" not in st.session_state:
        yield from (run for run in own if run.state == State.FINISHED and WEIGHTS in run.artifacts)


def in_view_or_newest(in_view: Run | None, own: Iterable[Run]) -> Run | None:
    """The network that a page is about; None for the ready-made one.

    Args:
        in_view: the run that is wanted, if any; one that is gone is none (`is_missed`).
        own: the visitor's runs, newest first.
    """
    return in_view or next(finished_of(own), None)


def is_missed(shown: Run | None) -> bool:
    """Whether the run that the visitor had in view has been deleted, and another is shown.

    Of one that the address names the page has said so already.
    """
    had = st.session_state.get("run")
    return bool(had and had != (shown and shown.id) and not st.query_params.get("run"))


def offer_networks(
    label: str, key: str, in_view: Run | None, own: Sequence[Run], visitor: str
) -> None:
    """Let the visitor choose the network that a page is about; nothing where there is but one.

    Args:
        label: what the chosen one does here, for those who cannot see the page.
        key: of the list.
        in_view: the run that is wanted; without one, the ready-made network is.
        own: those of the visitor's runs that can be chosen.
        visitor: who chooses.
    """
    st.session_state.shown_network = in_view.id if in_view else READY_MADE
    networks = {run.id: run for run in [ready_made_run(), *own, in_view] if run}
    if len(networks) < 2:
        return
    st.session_state[key] = in_view.id if in_view else READY_MADE
    st.selectbox(
        label,
        list(networks),
        format_func=lambda run_id: _label(networks[run_id], visitor),
        key=key,
        label_visibility="collapsed",
        on_change=_take_what_was_chosen,
        args=(key,),
    )


def _take_what_was_chosen(key: str) -> None:
    chosen = st.session_state[key]
    run = resources().store.runs.get(chosen)
    if chosen == READY_MADE or run is None:
        forget_run()
        st.session_state.chose_ready_made = True
    else:
        view(run)


def _label(run: Run, visitor: str) -> str:
    """A network in the list to choose from."""
    owner = "" if run.visitor == visitor or run.id == READY_MADE else "shared: "
    name = "Ready-made network" if run.id == READY_MADE else run.name
    known = f"{run.test['accuracy']:.2%}" if run.test else str(run.state)
    return f"{owner}{name} · {known}"
