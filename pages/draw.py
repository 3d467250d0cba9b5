"""Draw a digit and see what the network makes of it."""

import time
from functools import partial

import streamlit as st
from streamlit.errors import StreamlitInvalidLayoutContextError

from ui.canvas import drawing_canvas, mind_canvas_manners, show_brush
from ui.correcting import keep_correction, show_corrections
from ui.figure import load_plotly_ahead
from ui.metrics import draw_seconds
from ui.readers import network_in_use, show_lesson
from ui.reading import show_reading
from ui.resources import load_weights_ahead, resources
from ui.session import run_in_view, visitor_id
from ui.test_images import picked_image, wants_test_image
from ui.turns import turn

st.title("Draw a digit")
st.markdown("One digit, 0 to 9, with the mouse or a finger, of any size.")
in_view = run_in_view()
run = network_in_use(in_view)
if in_view and not in_view.is_active:
    show_lesson(in_view)
visitor = visitor_id()
corrections = resources().store.corrections.of_visitor(visitor)
pad, reading = st.columns([1, 1.6], gap="large")


def drawing_and_reading(picks: bool) -> None:
    """The canvas, or a test image, and beside it what the network reads there."""
    started = time.perf_counter()
    pixels = picked_image() if picks else drawing_canvas()
    with reading:
        if run is not None:
            if show_reading(run, pixels, visitor, partial(keep_correction, corrections)):
                draw_seconds.observe(time.perf_counter() - started)
            show_corrections(run, corrections)


@st.fragment
def take_turns(picks: bool) -> None:
    """Only this runs again after a stroke; every element in it takes time from all visitors."""
    if run is not None:
        load_weights_ahead(run)
    try:
        with turn:
            drawing_and_reading(picks)
    except StreamlitInvalidLayoutContextError:
        st.rerun()  # the page's own run did not come as far as the column that is written to


with pad:
    picks = wants_test_image()
# Not one `with` in another: before every run of a fragment Streamlit copies all that it is in.
with pad.container(key="picked_image" if picks else "pad"):
    take_turns(picks)
if not picks:
    with pad:
        show_brush()
mind_canvas_manners()
load_plotly_ahead()
