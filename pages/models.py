"""Every network the visitor has trained, to be looked at again, taken home or deleted."""

import streamlit as st

from config.environment import retention_from_environment
from server.addresses import page_file
from server.resources import resources
from ui.models.keras_download import keras_address
from ui.models.run_list import show_retention, show_run_card, show_use_at_home
from ui.shared.session import visitor_id

st.title("Your networks")
store = resources().store
runs = store.runs.of_visitor(visitor_id())
own_digits = store.own_digits.of_visitor(visitor_id())
if not runs:
    st.info("None yet. Train one, and it is kept here.", icon=":material/inventory_2:")
    st.page_link(page_file("train"), label="Go to Train", icon=":material/play_circle:")
show_retention(retention_from_environment(), len(runs))
for run in runs:
    show_run_card(run, own_digits)
newest = next(filter(keras_address, runs), None)
if newest:
    show_use_at_home(newest)
