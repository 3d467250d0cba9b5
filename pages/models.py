"""Every network the visitor has trained, to be looked at again, taken home or deleted."""

import streamlit as st

from ui.addresses import page_file
from ui.resources import resources
from ui.run_list import show_run_card
from ui.session import visitor_id

st.title("Your networks")
runs = resources().store.runs.of_visitor(visitor_id())
if not runs:
    st.info("None yet. Train one, and it is kept here.", icon=":material/inventory_2:")
    st.page_link(page_file("train"), label="Go to Train", icon=":material/play_circle:")
for run in runs:
    show_run_card(run)
