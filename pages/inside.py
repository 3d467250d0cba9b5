"""Look into a network: what it gets wrong, and what it is made of."""

from contextlib import suppress

import streamlit as st

from model_store.database import StoreUnavailable
from model_store.records import Run
from server.resources import resources
from ui.inside.shown_network import shown_network, trouble_with
from ui.inside.views import show_views
from ui.shared.errors import refusals_said
from ui.shared.glossary import explain
from ui.shared.network_choice import in_view_or_newest
from ui.shared.session import run_in_view, visitor_id

st.title("Inside the network")
in_view: Run | None = None
own: list[Run] = []
trouble = ""
with suppress(StoreUnavailable):  # then there is none to choose
    own = resources().store.runs.of_visitor(visitor_id())
with refusals_said():  # the ready-made network can be looked at also while the store is silent
    in_view = in_view_or_newest(run_in_view(), own)
    trouble = trouble_with(in_view)
run = shown_network(in_view, trouble, own)
if run is not None:
    explain("Unit", "ReLU", "Adam", "Cosine schedule", "Batch", "Augmentation", "Seed")
    show_views(run)
