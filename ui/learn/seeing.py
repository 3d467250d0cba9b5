"""What Learn shows of learning rates, overfitting, the images held back, and augmentation."""

import numpy as np
import streamlit as st

from digits.augmentation import Augmenter
from digits.settings import TEST_IMAGES, TRAINING_IMAGES, TrainingSettings
from lesson.learning_rates import (
    STEPS_OF_A_POINT,
    learning_rates,
    learning_rates_figure,
    settings_with,
)
from lesson.overfitting import OVERFITTING, overfitting, overfitting_figure
from server.addresses import page_file
from ui.shared.drawing_in_session import Drawing
from ui.shared.picture import contact_sheet
from ui.shared.plot import show_figure
from ui.shared.session import forget_run
from ui.shared.typed_settings import show_settings

VARIANTS = 11


def show_learning_rates() -> None:
    """Three real runs that differ in their learning rate alone, and a button that makes one."""
    runs = learning_rates()
    settings = settings_with("too small")
    with st.container(border=True, key="lesson_learning_rates"):
        st.markdown(
            f"**Three real runs, equal but for the rate: {settings.architecture}, "
            f"{settings.images_used:,} images, plain gradient descent**"
        )
        said = runs.in_words()
        show_figure(learning_rates_figure(runs), "learning_rates", said)
        st.caption(
            f"{said} Recorded with seed {settings.seed}; each point is a mean of "
            f"{STEPS_OF_A_POINT} steps."
        )
        if st.button("Train with too small a rate", key="small_rate", icon=":material/play_arrow:"):
            forget_run()
            show_settings(settings)
            st.switch_page(page_file("train"), query_params=settings.to_query())


def show_overfitting() -> None:
    """A run that overfits, with its two curves, and a button that makes one."""
    run = overfitting()
    last, best = float(run.validation[-1]), float(run.validation[run.best_epoch - 1])
    with st.container(border=True, key="lesson_overfitting"):
        settings = OVERFITTING
        st.markdown(
            f"**A real run that overfits: {settings.images_used} images for "
            f"{settings.parameter_count:,} weights**"
        )
        said = (
            f"On the images it learns from the loss goes down to {run.training[-1]:.4f}: it knows "
            f"them by heart and reads {run.training_accuracy:.0%} of them. On the images held back "
            f"it is lowest after epoch {run.best_epoch} ({best:.2f}); then it climbs to {last:.2f}."
            f" It reads {run.validation_accuracy:.1%} of those."
        )
        show_figure(overfitting_figure(run), "overfitting", said)
        st.caption(f"{said} Recorded with seed {settings.seed}.")
        if st.button("Make one yourself", key="overfit", icon=":material/play_arrow:"):
            forget_run()
            show_settings(settings)
            st.switch_page(page_file("train"), query_params=settings.to_query())


def show_split() -> None:
    """Which images are learned from, which are held back, and which only test."""
    learned, held_back = TrainingSettings().split(TRAINING_IMAGES)
    parts = (
        (
            "learn",
            learned,
            "to learn from, with the plain recipe",
            "The weights change to read these.",
        ),
        ("validate", held_back, "held back: validation", "Looked at after every epoch."),
        ("test", TEST_IMAGES, "test images", "Looked at when a run has ended."),
    )
    bars = "".join(
        f'<li class="lesson-{name}" style="flex-grow: {count}"><strong>{count:,}</strong> {what}'
        f"<small>{why}</small></li>"
        for name, count, what, why in parts
    )
    st.html(f'<ul class="lesson-split">{bars}</ul>')


@st.fragment
def show_augmentation(drawing: Drawing | None) -> None:
    """An image and what augmentation makes of it, by the code that trains with it.

    Args:
        drawing: the image; None while there is none.
    """
    if drawing is None:
        return
    with st.container(border=True, key="lesson_augmentation"):
        strength = st.slider("Augmentation", 0.0, 1.5, 0.8, 0.1, key="lesson_strength")
        image = np.frombuffer(drawing.image, np.uint8).reshape(1, 28, 28)
        augmenter = Augmenter(image)
        variants = [augmenter.augment(strength, 42, epoch) for epoch in range(1, VARIANTS + 1)]
        images = np.concatenate([image.reshape(1, -1), *variants]).reshape(-1, 28, 28)
        st.image(
            contact_sheet(images, 6),
            width="stretch",
            alt=f"An image, and {VARIANTS} variants of it: turned, shifted, wider, crooked",
        )
        st.caption(f"First the image as it is, then as it would be in {VARIANTS} epochs.")
