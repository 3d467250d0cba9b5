"""What leads on from an answer: the first is what to do next."""

from collections.abc import Sequence

import streamlit as st

from digits.recipes import DEFAULT_RECIPE
from model_store.records import LabelledDrawing, Run
from server.addresses import page_file
from ui.draw.own_digits import offer_round
from ui.shared.typed_settings import typed_settings


def show_next_steps(in_view: Run | None, own_digits: Sequence[LabelledDrawing]) -> None:
    """Offer to train a network, to look inside the one that reads, and to test it.

    Whoever has no run in view comes to the form, where Train is to be pressed: an address that
    names settings greets nobody.

    Args:
        in_view: the run that is to read; None where the ready-made network is.
        own_digits: those that the visitor has drawn when asked; more are offered beside them.
    """
    is_ended = in_view is not None and not in_view.is_active
    trained = "See how it was trained" if is_ended else "Watch it train"
    if in_view is not None:
        form = {"run": in_view.id}  # which may have been chosen for the visitor
    else:
        trained, form = "Train your own", (typed_settings() or DEFAULT_RECIPE).to_full_query()
    links = [
        (page_file("train"), trained, ":material/play_arrow:", form),
        (page_file("inside"), "Look inside", ":material/visibility:", {}),
    ]
    for file, label, icon, query in reversed(links) if is_ended else links:
        st.page_link(file, label=label, icon=icon, query_params=query)
    if not own_digits:
        offer_round("Test it with ten digits")
