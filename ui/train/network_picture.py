"""The picture of the network on Train: its shape before, its weights while it learns."""

import base64
from pathlib import Path
from typing import Any

import streamlit as st

from digits.settings import TrainingSettings
from model_store.records import Run
from server.resources import example_digits
from ui.shared import network_picture
from ui.shared.in_page.weights import MOST_PARAMETERS, weights_address
from ui.shared.javascript_modules import module_address

_HERE = Path(__file__).parent
_picture = st.components.v2.component(
    "digit_playground_network_on_train",
    html="""<h3></h3><div class="network-on-train" role="region" aria-label="The network"></div>
      <p class="network-words network-on-train-words"></p>""",
    css=network_picture.STYLE,
    js=(_HERE / "network_picture.js").read_text(),
    isolate_styles=False,  # the module paints in the page, and the font is the page's
)


def show_network(settings: TrainingSettings, run: Run | None = None) -> None:
    """Show the network of these settings, or of a run, with the first test image in it.

    Args:
        settings: those on the page, or of the run.
        run: whose newest weights are shown, while it trains as they come.
    """
    digits = example_digits()
    image = base64.b64encode(digits[0][0].tobytes()).decode() if digits else ""
    data: dict[str, Any] = {
        "module": module_address("train/network_on_train.js"),
        "title": "Your network" if run is None else "Inside the network",
        "words": _in_words(settings, run),
        "run": run and run.id,
        "isBegun": run is not None,
        "isShapeOnly": settings.parameter_count > MOST_PARAMETERS,
        "weights": run and weights_address(run),
        "widths": settings.layer_widths,
        "activation": settings.activation,
        "image": image,
    }
    with st.container(key="network_on_train"):
        _picture(data=data, key="network_on_train_picture")


def _in_words(settings: TrainingSettings, run: Run | None) -> str:
    if settings.parameter_count > MOST_PARAMETERS:
        return "A network this large is shown by its shape alone; its weights stay on the server."
    if run is None:
        return (
            "Before training the weights are random, and so is what it reads in this test image. "
            "Press Train, and watch the little pictures: they turn from noise into strokes."
        )
    if run.is_active:
        return "It reads a test image with its newest weights; they come with every epoch."
    return "It reads a test image with what it has learned."
