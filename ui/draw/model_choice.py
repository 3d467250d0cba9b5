"""Which network reads on the Draw page: the one that is wanted, or another, and why."""

import time
from contextlib import suppress

import streamlit as st

from model_store.database import StoreUnavailable
from model_store.records import WEIGHTS, Run, State
from server.resources import ready_made_run, resources
from trainer.ready_made import READY_MADE
from trainer.run_settings import settings_of
from ui.draw.prediction import reader_of
from ui.shared.network_choice import is_missed, offer_networks
from ui.shared.plain_text import plain
from ui.shared.state_in_words import state_in_words

SECONDS_BETWEEN_LOOKS = 2.0


def show_model_choice(in_view: Run | None, own: list[Run] | None, visitor: str) -> Run | None:
    """Show which network reads, and let another be chosen; returns the run that it is of.

    Args:
        in_view: the run that is wanted; without one, the ready-made network is.
        own: the visitor's own runs; None while the store does not tell.
        visitor: who draws.

    Returns:
        None while there is no network at all.
    """
    ready_made = ready_made_run()
    is_deleted = own is not None and is_missed(in_view)
    own = [run for run in own or [] if run.is_active or WEIGHTS in run.artifacts]
    offer_networks("The network that reads", "reader", in_view, own, visitor)
    wanted = in_view or ready_made
    run, why = _stand_in(wanted, ready_made, visitor) if wanted else (None, "")
    if is_deleted:
        why = "The network that you had in view has been deleted. "
    with st.container(key="reader_words"):
        if run is None:
            st.info(
                f"{why}The ready-made network is not here yet. Please reload the page in a while."
            )
        elif wanted and wanted.is_active:
            _watch(wanted, run, visitor)
        else:
            hint = "" if own else " Train one of your own, and it will read instead."
            st.markdown(f"{why}Read by {_named(run, visitor)}{_accuracy(run)}.{hint}")
    return run


def _stand_in(wanted: Run, ready_made: Run | None, visitor: str) -> tuple[Run | None, str]:
    """The network that is wanted, or another that reads instead, and a sentence that says why."""
    if WEIGHTS in wanted.artifacts:
        why = reader_of(wanted).trouble
        if not why:
            return wanted, ""
    else:
        why = f"has no weights to read with: {plain(_state(wanted))}"
    source = resources().store.runs.get(wanted.fine_tuning.source) if wanted.fine_tuning else None
    others = [run for run in (source, ready_made) if run and run.id != wanted.id]
    able = [run for run in others if WEIGHTS in run.artifacts]
    return able[0] if able else None, f"{_sentence(f'{_named(wanted, visitor)} {why}')} "


def _watch(wanted: Run, run: Run, visitor: str) -> None:
    """Say how far the run that is wanted is, until it has ended or has newer weights."""
    opened = time.monotonic()

    def look() -> None:
        now = wanted
        with suppress(StoreUnavailable):  # it is asked again soon
            found = resources().store.runs.get(wanted.id)
            if found is None or not found.is_active:
                st.rerun()
            now = found
        # Each time the page runs, an epoch may have ended meanwhile: not at once again.
        is_newer = now.artifacts.get(WEIGHTS) != wanted.artifacts.get(WEIGHTS)
        if is_newer and time.monotonic() - opened > SECONDS_BETWEEN_LOOKS / 2:
            st.rerun()
        # Short, for the canvas stands below them: there is room for two lines (`style.css`).
        reads = f"Until then {_named(run, visitor)} reads."
        if run.id == wanted.id:
            reads = "It reads with its newest weights."
        st.markdown(f"{_sentence(f'{_named(now, visitor)} {_doing(now)}')} {reads}")

    # The state of a fine-tuning stands beside the answer, and runs the page again when it ends.
    st.fragment(look, run_every=None if wanted.fine_tuning else SECONDS_BETWEEN_LOOKS)()


def _doing(run: Run) -> str:
    """What an active run is at."""
    if run.fine_tuning:
        return "waits for its lesson" if run.state == State.QUEUED else "is being taught"
    doing = "waits to be trained" if run.state == State.QUEUED else "is still training"
    return f"{doing}: {plain(_state(run))}"


def _state(run: Run) -> str:
    return state_in_words(run, settings_of(run))


def _named(run: Run, visitor: str) -> str:
    if run.id == READY_MADE:
        return "the **ready-made network**"
    if run.visitor == visitor:
        return f"your network **{plain(run.name)}**"
    return f"the network **{plain(run.name)}** of a run that somebody shared"


def _sentence(words: str) -> str:
    """Words as a sentence, of which they may have the end already."""
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith('.') else '.'}"


def _accuracy(run: Run) -> str:
    return f" ({run.test['accuracy']:.2%} on the test images)" if run.test else ""
