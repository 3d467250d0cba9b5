"""The views of the Inside page: one component, whose tabs compute in the browser when opened."""

import base64
from pathlib import Path
from typing import Any

import streamlit as st

from model_store.records import INITIAL_WEIGHTS, Run
from trainer.run_settings import settings_of_weights
from ui.inside.answers import answers_address
from ui.shared import network_picture
from ui.shared.drawing_in_session import kept_drawing
from ui.shared.in_page.test_images import address_of_test_images
from ui.shared.in_page.weights import MOST_PARAMETERS, weights_address
from ui.shared.javascript_modules import module_address

_HERE = Path(__file__).parent
_views = st.components.v2.component(
    "digit_playground_inside",
    html='<div class="inside"></div>',
    css=(_HERE / "inside.css").read_text() + network_picture.STYLE,
    js=(_HERE / "start.js").read_text(),
    isolate_styles=False,
)


def show_views(run: Run) -> None:
    """Show what is inside of a run's network; the open view fetches what it needs by itself."""
    images = address_of_test_images()
    if images is None:
        st.info(
            "The test images are not on this server yet; they come with the first training. "
            "Please come back then.",
            icon=":material/hourglass_top:",
        )
        return
    data = {
        "module": module_address("inside/in_page/inside.js"),
        "images": images,
        "network": _offer(run),
        "drawing": _drawing(),
    }
    _views(data=data, key="inside_views")


def _drawing() -> str:
    """What the visitor drew last, 784 bytes in Base64; empty if nothing."""
    drawing = kept_drawing()
    return base64.b64encode(drawing.image).decode() if drawing else ""


def _offer(run: Run) -> dict[str, Any]:
    settings = settings_of_weights(run)
    return {
        "run": run.id,
        "answers": answers_address(run),
        "weights": weights_address(run),
        "initial": weights_address(run, INITIAL_WEIGHTS),
        "widths": settings.layer_widths,
        "activation": settings.activation,
        "temperature": run.temperature,
        "parameters": settings.parameter_count,
        "mostParameters": MOST_PARAMETERS,
    }
