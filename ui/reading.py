"""What a network reads in a drawing: the digit, ten probabilities, and how it came to see it."""

from typing import NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from digits.calibration import calibrated
from digits.charts import probability_figure
from digits.doubt import doubt
from digits.drawing import Preparation, prepare
from digits.explanation import explain
from digits.inference import FloatArray, digit_probabilities
from model_store.artifacts import ArtifactMissing
from model_store.records import Run
from trainer.checkpoints import CheckpointDamaged
from ui.pace import Action, in_time
from ui.picture import explained, picture_address, reduced
from ui.plot import show_figure
from ui.resources import weights_of

Pixels = NDArray[np.uint8]


class Reading(NamedTuple):
    """An image as the network saw it, [28, 28], and the digit that it read."""

    image: Pixels
    digit: int


def show_reading(run: Run, pixels: Pixels | None) -> Reading | None:
    """Show what the network of `run` reads.

    Args:
        run: a run with weights.
        pixels: of the canvas, or of a test image [28, 28]; None before the first stroke.

    Returns:
        None if there was nothing to read.
    """
    preparation = prepare(pixels) if pixels is not None else None
    if pixels is None or preparation is None or preparation.is_blank:
        st.info("Nothing drawn yet. Draw a digit on the dark square.", icon=":material/gesture:")
        return None
    if not in_time(Action.DRAW):
        return None
    try:
        weights = weights_of(run)
    except (ArtifactMissing, CheckpointDamaged) as error:
        st.warning(str(error))
        return None
    prepared, honest = _switches()
    squeezed = preparation.squeezed
    seen = preparation.image if prepared else squeezed
    temperature = (run.test or {}).get("temperature", 1.0) if honest else 1.0
    activation = run.settings["activation"]
    both = digit_probabilities(weights, activation, np.stack([preparation.image, squeezed]))
    answers: FloatArray = calibrated(both, temperature)
    probabilities = answers[0 if prepared else 1]
    digit = int(probabilities.argmax())
    _show_answer(probabilities, digit, seen, explain(weights, activation, seen, digit))
    _show_doubt(preparation)
    _show_probabilities(probabilities)
    with st.expander(
        "From your drawing to what the network sees",
        icon=":material/crop:",
        expanded=True,
        key="preparation",
    ):
        _show_steps(preparation)
        _show_both_ways(*answers)
    return Reading(preparation.image, digit)


def _switches() -> tuple[bool, bool]:
    with st.container(horizontal=True):
        prepared = st.toggle(
            "Prepare as MNIST was",
            value=True,
            key="prepare",
            help="Crop the drawing, fit it to 20 by 20 pixels and centre it by its mass, as every "
            "digit of MNIST was. Without it the whole canvas is squeezed to 28 by 28 pixels.",
        )
        honest = st.toggle(
            "Calibrated",
            value=True,
            key="calibrated",
            help="Networks are surer than they are right. The temperature, measured on images held "
            "back, corrects that; the answer stays the same.",
        )
    return prepared, honest


def _show_answer(
    probabilities: FloatArray, digit: int, seen: Pixels, contributions: FloatArray
) -> None:
    with st.container(key="answer", horizontal=True):
        with st.container(width=130):
            with st.container(key="predicted_digit"):
                st.markdown(str(digit))
            st.caption(f"It reads a {digit} and is {probabilities[digit]:.1%} sure")
        for picture, caption in (
            (seen, "What the network sees"),
            (explained(contributions), f"Spoke for {digit} (blue), against it (orange)"),
        ):
            st.image(picture_address(picture), caption=caption, width=150)


def _show_doubt(preparation: Preparation) -> None:
    found = doubt(preparation)
    with st.container(key="doubt"):
        if found:
            st.warning(
                f"{found.sentence} The shares below sum to 100% all the same: softmax can only say "
                "which digit is the likeliest, it has no way to answer “none of them”.",
                icon=":material/help:",
            )


def _show_probabilities(probabilities: FloatArray) -> None:
    said = ", ".join(f"{digit}: {share:.1%}" for digit, share in enumerate(probabilities))
    with st.container(key="probability_figure"):
        description = f"Probability of each digit. {said}."
        show_figure(probability_figure(probabilities), "probability", description)


def _show_steps(preparation: Preparation) -> None:
    steps = {
        "1. Your drawing": reduced(preparation.ink),
        "2. Cropped": reduced(preparation.crop),
        "3. Fitted to 20 by 20": preparation.fitted,
        "4. Centred in 28 by 28": preparation.image,
    }
    # All at once: every element of a page costs more than the picture in it.
    addresses = [picture_address(picture) for picture in steps.values()]
    st.image(addresses, caption=list(steps), width=128)


def _show_both_ways(prepared: FloatArray, squeezed: FloatArray) -> None:
    first, second = int(prepared.argmax()), int(squeezed.argmax())
    st.markdown(
        f"Prepared as MNIST was, it reads **{first}** ({prepared[first]:.1%}). With the canvas "
        f"just squeezed to 28 by 28 pixels, it would read **{second}** ({squeezed[second]:.1%})."
    )
