"""Draw a digit and see what the network makes of it."""

import time
from functools import partial

import streamlit as st

from ui.canvas import clear_canvas, drawing_canvas, mind_canvas_manners
from ui.correcting import keep_correction, show_corrections
from ui.figure import load_plotly_ahead
from ui.metrics import draw_seconds
from ui.picture import enlarged
from ui.readers import network_in_use, show_lesson
from ui.reading import show_reading
from ui.resources import example_digits, load_weights_ahead, resources
from ui.session import run_in_view, visitor_id
from ui.turns import turn

st.title("Draw a digit")
st.markdown("One digit, 0 to 9, with the mouse or a finger, of any size.")
in_view = run_in_view()
run = network_in_use(in_view)
if in_view and not in_view.is_active:
    show_lesson(in_view)
visitor = visitor_id()
corrections = resources().store.corrections.of_visitor(visitor)


def drawing_and_reading() -> None:
    """The canvas and what the network reads there."""
    started = time.perf_counter()
    pad, reading = st.columns([1, 1.6], gap="large")
    with pad:
        digits = example_digits()
        if digits is not None and st.toggle("Pick a test image instead", key="pick"):
            number = st.number_input("Test image, 1 to 10,000", 1, 10_000, key="picked")
            pixels = digits[0][number - 1]
            st.image(enlarged(pixels, 8), caption=f"Written as a {digits[1][number - 1]}.")
        else:
            brush = st.session_state.get("brush", 18)
            pixels = drawing_canvas(brush)
            with st.container(horizontal=True, vertical_alignment="bottom", width=320):
                st.button("Clear", key="clear", icon=":material/delete:", on_click=clear_canvas)
                st.slider("Brush", 8, 40, value=brush, key="brush")
    with reading:
        if run is not None:
            if show_reading(run, pixels, visitor, partial(keep_correction, corrections)):
                draw_seconds.observe(time.perf_counter() - started)
            show_corrections(run, corrections)


@st.fragment
def take_turns() -> None:
    """Only this runs again after a stroke."""
    if run is not None:
        load_weights_ahead(run)
    with turn:
        drawing_and_reading()


take_turns()
mind_canvas_manners()
load_plotly_ahead()
