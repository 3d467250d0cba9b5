"""The picture of the network on Train: its shape before, its weights while it learns."""

import base64
from pathlib import Path
from typing import Any

import streamlit as st

from digits.settings import CLASSES, TrainingSettings
from digits.words import counted
from model_store.records import INITIAL_WEIGHTS, Run
from server.resources import example_digits
from trainer.drawing_log import epoch_file
from ui.shared import network_picture
from ui.shared.in_page.weights import MOST_PARAMETERS, weights_address
from ui.shared.javascript_modules import module_address

_HERE = Path(__file__).parent
_picture = st.components.v2.component(
    "digit_playground_network_on_train",
    html="""<h2 class="network-title"></h2>
      <div class="network-on-train" role="region" aria-label="The network"></div>
      <p class="network-words network-on-train-words"></p>""",
    css=network_picture.STYLE,
    js=(_HERE / "network_picture.js").read_text(),
    isolate_styles=False,  # the module paints in the page, and the font is the page's
)


def show_network(settings: TrainingSettings, run: Run | None = None) -> None:
    """Show the network of these settings, or of a run, with test images in it, one after the other.

    Args:
        settings: those on the page, or of the run.
        run: whose newest weights are shown, while it trains as they come.
    """
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
        "images": _one_of_each_digit(),
    }
    with st.container(key="network_on_train"):
        _picture(data=data, key="network_on_train_picture")


def show_network_at(settings: TrainingSettings, run: Run, epoch: int, image: bytes) -> None:
    """Show what the network of a run was after an epoch, with an image in it.

    Args:
        settings: of the run.
        run: with the weights of its epochs.
        epoch: 0 is before the first step.
        image: [28, 28].
    """
    address = weights_address(run, epoch_file(epoch) if epoch else INITIAL_WEIGHTS)
    data: dict[str, Any] = {
        "module": module_address("train/network_on_train.js"),
        "title": "Inside the network",
        "words": f"The drawing in it, with its weights after {counted(epoch, 'epoch')}."
        if address
        else "Its weights of this epoch were not kept.",
        "run": f"{run.id} by epochs",  # newer weights are not for this picture
        "isBegun": True,
        "isShapeOnly": False,
        "weights": address,
        "widths": settings.layer_widths,
        "activation": settings.activation,
        "images": base64.b64encode(image).decode(),
    }
    with st.container(key="network_by_epoch"):
        _picture(data=data, key="network_by_epoch_picture")


def _one_of_each_digit() -> str:
    """The first test image of each digit, [10, 28, 28] as Base64; empty while MNIST is not here."""
    digits = example_digits()
    if digits is None:
        return ""
    images, labels = digits
    first = [int((labels == digit).argmax()) for digit in range(CLASSES)]
    return base64.b64encode(images[first].tobytes()).decode()


def _in_words(settings: TrainingSettings, run: Run | None) -> str:
    if settings.parameter_count > MOST_PARAMETERS:
        return "A network this large is shown by its shape alone; its weights stay on the server."
    if run is None:
        return (
            "Before training the weights are random, and so is what it reads in these test "
            "images. Press Train: the little pictures turn from noise into strokes."
        )
    if run.is_active:
        return (
            "A few test images show what it reads now; it does not learn from them. Its newest "
            "weights come about once a second, of a large network every few seconds."
        )
    if weights_address(run) is None:
        return "This is its shape alone: it kept no weights that could read."
    return "It reads test images with what it has learned."
