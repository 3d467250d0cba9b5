"""Every network the visitor has trained, as a table: to be compared, taken home or deleted."""

import streamlit as st

from config.environment import retention_from_environment
from server.addresses import page_file
from server.resources import resources
from ui.models.challenges import challenges_of
from ui.models.keeping import show_retention, show_use_at_home
from ui.models.keras_download import keras_address
from ui.models.requests import carry_out_requests
from ui.models.rows import rows_of
from ui.models.run_table import is_somebodys, show_table
from ui.models.time_zone import visitor_zone
from ui.shared.glossary import explain
from ui.shared.session import visitor_id

heading = st.container()
carry_out_requests()
store = resources().store
runs = store.runs.of_visitor(visitor_id())
is_shared = is_somebodys(st.query_params.get("compare", ""), runs)
heading.title("A comparison shared with you" if is_shared else "Your networks")
if is_shared:
    own = (
        "Your own stand below it."
        if runs
        else "Your own will stand here once you have trained one, on the page Train."
    )
    st.caption(f"Somebody sent you this link: networks that they trained, side by side. {own}")
elif not runs:
    with st.container(key="no_networks"):
        st.markdown(
            "**None yet.** Train one, and it stands here: its result, its curves, its file."
        )
        st.page_link(page_file("train"), label="Go to Train", icon=":material/play_arrow:")
own_digits = store.own_digits.of_visitor(visitor_id())
best_validation = store.progress.best_validation(visitor_id())
rows, is_more_to_come = rows_of(runs, own_digits, best_validation, visitor_zone())
show_table(rows, is_more_to_come, challenges_of(runs), is_shared)
explain(
    "Run",
    "Plain recipe",
    "Loss",
    "Validation images",
    "Test images",
    "Keras file",
    "Temperature",
    "Seed",
)
show_retention(retention_from_environment(), len(runs))
newest = next(filter(keras_address, runs), None)
if newest:
    show_use_at_home(newest)
