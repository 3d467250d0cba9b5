"""What leads on from an answer: the first is what to do next."""

from collections.abc import Sequence

import streamlit as st

from model_store.records import LabelledDrawing, Run
from server.addresses import page_file
from ui.draw.own_digits import offer_round


def show_next_steps(in_view: Run | None, own_digits: Sequence[LabelledDrawing]) -> None:
    """Offer to train a network, to look inside the one that reads, and to test it.

    Args:
        in_view: the run that is to read; None where the ready-made network is.
        own_digits: those that the visitor has drawn when asked; more are offered beside them.
    """
    trained = "Train your own" if in_view is None else "See how it was trained"
    links = [
        (page_file("train"), trained, ":material/play_arrow:"),
        (page_file("inside"), "Look inside", ":material/visibility:"),
    ]
    for file, label, icon in links if in_view is None else reversed(links):
        st.page_link(file, label=label, icon=icon)
    if not own_digits:
        offer_round("Test it with ten digits")
