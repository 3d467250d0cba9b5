"""Draw a digit and see what the network makes of it."""

import time
from functools import partial

import streamlit as st
from streamlit.errors import StreamlitInvalidLayoutContextError

from model_store.records import LabelledDrawing, Run
from server.metrics import draw_seconds
from server.resources import resources
from ui.draw.canvas import drawing_canvas, take_back_stroke
from ui.draw.corrections import has_corrected, keep_correction, show_corrections
from ui.draw.in_page.reader import read_in_page
from ui.draw.model_choice import show_model_choice
from ui.draw.next_steps import show_next_steps
from ui.draw.own_digits import show_own_digits, show_round_words
from ui.draw.own_round import is_in_round, show_round
from ui.draw.prediction import Reader, reader_of, show_reading
from ui.draw.stroke_semaphore import stroke_semaphore
from ui.draw.test_images import picked_image, wants_test_image
from ui.draw.tools import show_tools
from ui.shared.errors import refusals_said
from ui.shared.glossary import explain
from ui.shared.network_choice import in_view_or_newest
from ui.shared.session import run_in_view, visitor_id

st.title("Draw a digit")
visitor = visitor_id()
in_view: Run | None = None
corrections: list[LabelledDrawing] = []
own_digits: list[LabelledDrawing] = []
in_round = is_in_round()
own: list[Run] | None = None
# What is said there comes and goes; the canvas below keeps its place, or it would be another one.
with st.container(key="draw_words"):
    with st.container(horizontal=True, vertical_alignment="top"):
        reader_words = st.container()
        picks = not in_round and wants_test_image()
    with refusals_said():  # the ready-made network reads also while the store does not answer
        in_view = run_in_view()
        store = resources().store
        corrections = store.corrections.of_visitor(visitor)
        own_digits = store.own_digits.of_visitor(visitor)
        own = store.runs.of_visitor(visitor)
        in_view = in_view_or_newest(in_view, own)
    with reader_words:
        run = show_model_choice(in_view, own, visitor)
with st.container(key="test_image" if picks else "drawing"):
    pad, reading = st.columns([1, 1.52], gap="large")
steps = reading.container(key="next_steps", horizontal=True, vertical_alignment="center")
answer = reading.container()


def drawing_and_reading(picks: bool, reader: Reader | None) -> bool:
    """The canvas, or a test image, and beside it what the network reads there, if anything."""
    pixels = picked_image() if picks else drawing_canvas()
    with answer:
        return reader is not None and show_reading(
            reader, pixels, visitor, not picks, partial(keep_correction, corrections)
        )


@st.fragment
def take_turns(picks: bool) -> None:
    """Only this runs again after a stroke; every element in it takes time from all visitors."""
    if has_corrected() or is_in_round() != in_round:
        st.rerun()  # what stands outside of the fragment seldom changes
    if in_round:
        show_round()
        return
    arrived = time.perf_counter()
    reader = None if run is None else reader_of(run)
    try:
        with stroke_semaphore:
            has_read = drawing_and_reading(picks, reader)
        if has_read:
            draw_seconds.observe(time.perf_counter() - arrived)
    except StreamlitInvalidLayoutContextError:
        st.rerun()  # the page's own run did not come as far as the column that is written to


# Not one `with` in another: before every run of a fragment Streamlit copies all that it is in.
with pad.container(key="picked_image" if picks else "pad"):
    take_turns(picks)
if not picks:
    with pad:
        show_tools(take_back_stroke)
if run is not None and not in_round:
    with steps:
        show_next_steps(in_view, own_digits)
with reading:
    if in_round:
        show_round_words()
    elif run is not None:
        with st.container(key="corrections"):
            show_corrections(run, in_view, corrections)
        show_own_digits(run, own_digits)
        explain("Network", "Unit", "Test images", "MNIST", "Calibrated", "Temperature")
read_in_page(None if in_round else run)
