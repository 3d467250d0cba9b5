"""What the Train page says to whoever has no run in view yet."""

import math

import streamlit as st

from ui.news import SECONDS_OF_A_MOMENT, duration, in_line
from ui.picture import contact_sheet
from ui.resources import example_digits, resources
from ui.session import visitor_id


def show_what_is_learned_from() -> None:
    """Before the first run: a look at the images, and what will happen."""
    digits = example_digits()
    if digits is not None:
        with st.container(key="example_sheet"):
            st.image(contact_sheet(digits[0][:60], 15), width="stretch")
        st.caption(
            "Sixty of the 10,000 test images of MNIST, written by American pupils and clerks. "
            "The network learns from 60,000 others and is tested on these."
        )
    st.info(
        "Press **Train**, and two curves appear here: the loss falls, the accuracy rises. "
        "With the settings as they are, it takes a few seconds.",
        icon=":material/show_chart:",
    )
    st.caption(resources().service.readiness.line)


def show_outlook() -> None:
    """Say before Train is pressed how long a run would have to wait, if it would."""
    ahead, seconds = resources().service.outlook(visitor_id())
    if seconds > SECONDS_OF_A_MOMENT:
        wait = duration(math.ceil(seconds))
        st.caption(
            f":material/hourglass_top: {in_line(ahead).capitalize()} before yours; "
            f"it would start in about {wait}."
        )
