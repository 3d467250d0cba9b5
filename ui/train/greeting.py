"""What the bare address greets with: a network that reads a drawing, then the visitor's own."""

import json
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from digits.outlier_detection import NO_ELEVENTH
from digits.recipes import BEST_READER
from digits.settings import TRAINING_IMAGES
from model_store.database import StoreUnavailable
from model_store.records import Run
from server.resources import ready_made_run
from ui.shared import network_picture
from ui.shared.figure import PLOTLY_ADDRESS
from ui.shared.in_page.detector import offered_detector
from ui.shared.in_page.weights import offer_to_read
from ui.shared.javascript_modules import module_address

_HERE = Path(__file__).parent
_greeting = st.components.v2.component(
    "digit_playground_greeting",
    html=(_HERE / "greeting.html").read_text(),
    css=(_HERE / "greeting.css").read_text() + network_picture.STYLE,
    js=(_HERE / "greeting.js").read_text(),
    isolate_styles=False,  # the module paints in the page
)
_LEARNED_FROM, _ = BEST_READER.split(TRAINING_IMAGES)
_ABOUT = (
    f"This network is ready-made: it has learned from {_LEARNED_FROM:,} handwritten digits. Yours "
    f"begins knowing nothing. Whatever you draw, it says the likeliest digit: {NO_ELEVENTH}"
)


def show_greeting(place: DeltaGenerator, run: Run | None) -> bool:
    """Greet whoever has no run in view and has come without any wishes.

    Args:
        place: an empty one, so that the greeting can go again.
        run: the one in view.

    Returns:
        False where nothing is shown.
    """
    if run is not None or st.query_params.to_dict():
        return False
    try:
        reader = ready_made_run()
    except StoreUnavailable:
        return False
    network = None if reader is None else offer_to_read(reader)
    if network is None:
        return False
    with place.container(key="greeting"):
        data = {
            "module": module_address("train/living_greeting.js"),
            # As text: Streamlit would load pandas to see whether a dict is a data frame, which is
            # a quarter of a second of the first page.
            "network": json.dumps({**network, "detector": offered_detector()}),
            "about": _ABOUT,
            "plotly": PLOTLY_ADDRESS,
        }
        _greeting(data=data, key="greeting_script")
    return True
