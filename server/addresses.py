"""Where the pages lie, for those who link to them, and what else browsers ask for."""

from pathlib import Path

import streamlit as st

_PAGES = Path(__file__).resolve().parent.parent / "pages"


def page_file(name: str) -> str:
    """The file of a page, as `st.Page`, `st.page_link` and `st.switch_page` want it."""
    return str(_PAGES / f"{name}.py")


def under_base(path: str) -> str:
    """The address of `path`, such as `/live`, where the app has been given `server.baseUrlPath`."""
    base = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}{path}" if base else path


# Where live pages ask for what is new of a run.
LIVE_ADDRESS = under_base("/live")
# Where the network of a run is taken home from.
KERAS_ADDRESS = under_base("/keras")
# Where the page's own reader finds the weights of a run.
WEIGHTS_ADDRESS = under_base("/weights")
# Where it finds those of the small network that tells what is no digit.
DETECTOR_ADDRESS = under_base("/detector")
# Where the page finds the test images, and what a network answers to them.
TEST_IMAGES_ADDRESS = under_base("/test-images")
ANSWERS_ADDRESS = under_base("/answers")
# Where the page finds the training images that are nearest to a drawing.
NEIGHBOURS_ADDRESS = under_base("/neighbours")
# Where the Models page finds runs side by side, their curves, and what they read differently.
COMPARISON_ADDRESS = under_base("/comparison")
CURVES_ADDRESS = under_base("/curves")
DISAGREEMENTS_ADDRESS = under_base("/disagreements")
# Where it finds how long a sweep takes.
SWEEP_COST_ADDRESS = under_base("/sweep-cost")
