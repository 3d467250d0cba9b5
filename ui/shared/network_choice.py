"""A list of networks to choose from: the visitor's own, the one in view, the ready-made."""

from collections.abc import Iterable, Iterator, Sequence

import streamlit as st

from model_store.records import WEIGHTS, Run, State
from server.resources import ready_made_run, resources
from trainer.ready_made import READY_MADE
from ui.shared.session import forget_run, view


def without_a_wish(own: Iterable[Run]) -> Iterator[Run]:
    """The networks that a page is about where no run is in view, the first one first.

    After them it is the ready-made one.

    Args:
        own: the visitor's runs, newest first.

    Yields:
        Those that have finished and have weights; none where the ready-made one was chosen.
    """
    if "chose_ready_made" not in st.session_state:
        yield from (run for run in own if run.state == State.FINISHED and WEIGHTS in run.artifacts)


def in_view_or_newest(in_view: Run | None, own: Iterable[Run]) -> Run | None:
    """The network that a page is about; None for the ready-made one.

    Args:
        in_view: the run that is wanted, if any.
        own: the visitor's runs, newest first.
    """
    # Of a run that is gone the page says so, and has the ready-made network in its place.
    is_gone = in_view is None and "run" in st.session_state
    return in_view if in_view or is_gone else next(without_a_wish(own), None)


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
