"""A test image beside what the network makes of it, before and after training."""

import numpy as np
import streamlit as st

from digits.charts import probability_figure
from digits.inference import digit_probabilities
from digits.words import a_digit
from model_store.artifacts import ArtifactMissing
from model_store.records import INITIAL_WEIGHTS, WEIGHTS, Run
from server.resources import example_digits, weights_of
from trainer.checkpoints import CheckpointDamaged
from trainer.run_settings import settings_of, settings_of_weights
from ui.shared.picture import enlarged
from ui.shared.plot import show_figure

EXAMPLES = 64
NEEDED = {INITIAL_WEIGHTS, WEIGHTS}


def show_example(run: Run) -> None:
    """Show one of the 64 images of the example batch; nothing while there is nothing to compare."""
    digits = example_digits()
    if digits is None or run.is_active or not set(run.artifacts) >= NEEDED:
        return
    st.subheader("The same image before and after")
    if run.first_batch and run.last_batch:
        st.markdown(_in_words(run.first_batch, run.last_batch))
    number = st.slider("Test image", 1, EXAMPLES, key="example") - 1
    images, labels = digits[0][number : number + 1], digits[1]
    try:
        rows = np.concatenate(
            [
                digit_probabilities(weights_of(run, name), settings.activation, images)
                for name, settings in (
                    (INITIAL_WEIGHTS, settings_of(run)),
                    (WEIGHTS, settings_of_weights(run)),
                )
            ]
        )
    except (ArtifactMissing, CheckpointDamaged) as error:
        st.warning(str(error))
        return
    label, before, after = int(labels[number]), int(rows[0].argmax()), int(rows[1].argmax())
    picture, bars = st.columns([1, 2], vertical_alignment="center")
    with picture, st.container(key="example_image"):
        said = f"This is {a_digit(label)}."
        st.image(enlarged(images[0]), caption=said, width=196, alt="A handwritten digit")
    with bars, st.container(key="example_figure"):
        event = "the lesson" if run.fine_tuning else "training"
        said = (
            f"Before {event} the network says {before}, afterwards {after}. It is {a_digit(label)}."
        )
        show_figure(probability_figure(rows, f"before {event}"), "example", said)
    st.caption(said)


def _in_words(before: dict[str, float], after: dict[str, float]) -> str:
    # 64 images tell shares no finer than whole percents apart.
    return (
        f"Of {EXAMPLES} test images it read {_right(before)} ({before['accuracy']:.0%}) before the "
        f"first step, with a loss of {before['loss']:.3f}; now it reads {_right(after)} "
        f"({after['accuracy']:.0%}), with a loss of {after['loss']:.3f}."
    )


def _right(batch: dict[str, float]) -> int:
    return round(batch["accuracy"] * EXAMPLES)
