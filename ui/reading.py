"""What a network reads in a drawing: the digit, ten probabilities, and the image it was shown."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from digits.charts import probability_figure
from digits.drawing import prepare
from digits.inference import digit_probabilities
from model_store.artifacts import ArtifactMissing
from model_store.records import Run
from trainer.checkpoints import CheckpointDamaged
from trainer.service import READY_MADE
from ui.picture import enlarged
from ui.plot import show_figure
from ui.resources import resources, weights_of


@st.fragment(run_every=1)
def wait_for_ready_made() -> None:
    """Say that the first network is still being trained, and look again every second."""
    st.info(
        "The first network is still being trained. Draw already; in a few seconds it reads.",
        icon=":material/hourglass_top:",
    )
    ready_made = resources().store.runs.get(READY_MADE)
    if ready_made and "checkpoint.npz" in ready_made.artifacts:
        st.rerun()


def network_in_use(run: Run | None) -> Run | None:
    """The run whose network reads: the one in view, or the ready-made one; named on the page.

    Returns:
        None while not even the ready-made network has been trained.
    """
    if run and "checkpoint.npz" in run.artifacts:
        accuracy = f", {run.test['accuracy']:.2%} on the test images" if run.test else ""
        st.markdown(f"Read by the network of your run **{run.name}**{accuracy}.")
        return run
    ready_made = resources().store.runs.get(READY_MADE)
    if ready_made and "checkpoint.npz" in ready_made.artifacts:
        accuracy = f" ({ready_made.test['accuracy']:.2%})" if ready_made.test else ""
        st.markdown(
            f"Read by the **ready-made network**{accuracy}, which this page trained when it "
            "started. Train one of your own, and it will read instead."
        )
        return ready_made
    wait_for_ready_made()
    return None


def show_reading(run: Run | None, pixels: NDArray[np.uint8] | None) -> None:
    """Show what the network of `run` reads in the pixels of the canvas."""
    preparation = prepare(pixels) if pixels is not None else None
    if preparation is None or preparation.is_blank:
        st.info("Nothing drawn yet. Draw a digit on the dark square.", icon=":material/gesture:")
        return
    if run is None:
        st.info(
            "The network is not ready yet. Your drawing stays.", icon=":material/hourglass_top:"
        )
        return
    try:
        weights = weights_of(run)
    except (ArtifactMissing, CheckpointDamaged) as error:
        st.warning(str(error))
        return
    image = preparation.image
    probabilities = digit_probabilities(weights, run.settings["activation"], image[None])[0]
    digit = int(probabilities.argmax())
    answer, seen = st.columns(2, vertical_alignment="center")
    with answer:
        st.caption("It reads")
        with st.container(key="predicted_digit"):
            st.markdown(str(digit))
        st.caption(f"and is {probabilities[digit]:.1%} sure of it")
    with seen, st.container(key="network_input"):
        st.image(enlarged(image), caption="What the network sees: 28 by 28 pixels", width=196)
    said = ", ".join(f"{number}: {share:.1%}" for number, share in enumerate(probabilities))
    with st.container(key="probability_figure"):
        description = f"Probability of each digit. {said}."
        show_figure(probability_figure(probabilities), "probability", description)
