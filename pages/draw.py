"""Draw a digit and see what the network makes of it."""

import streamlit as st

from ui.canvas import SIZE, clear_canvas, drawing_canvas
from ui.reading import network_in_use, show_reading
from ui.session import run_in_view

st.title("Draw a digit")
run = network_in_use(run_in_view())


@st.fragment
def drawing_and_reading() -> None:
    """The canvas and what it says; only this runs again after a stroke."""
    pad, reading = st.columns([1, 1.4], gap="large")
    with pad:
        brush = st.session_state.get("brush", 20)
        pixels = drawing_canvas(brush)
        with st.container(horizontal=True, vertical_alignment="bottom", width=SIZE):
            st.button("Clear", key="clear", icon=":material/delete:", on_click=clear_canvas)
            st.slider("Brush", 8, 40, value=brush, key="brush")
        st.caption("One digit, 0 to 9, with the mouse or a finger, of any size.")
    with reading:
        show_reading(run, pixels)


drawing_and_reading()
