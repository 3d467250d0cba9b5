"""The things to try on the Learn page. Each runs again by itself when its controls are moved."""

import numpy as np
import streamlit as st

from digits.settings import TrainingSettings
from digits.words import a_digit, counted
from lesson import arithmetic, figures, network_figures, text
from server.addresses import page_file
from ui.shared.glossary import show_terms
from ui.shared.plot import show_figure
from ui.shared.session import forget_run
from ui.shared.typed_settings import show_settings

RATES = {"Creep": 0.05, "Arrive": 0.4, "Overshoot": 1.8, "Run away": 2.2}
SCORES = ((62, 64), (63, 64), (9_753, 10_000), (9_812, 10_000))
EXERCISE = TrainingSettings(hidden_layers=(128, 64, 32))


def show_contents(sections: dict[str, str]) -> None:
    """Links to the sections: their titles by their anchors.

    Where they are one row above the lesson, a button shows all of them (`in_page/contents.js`).
    """
    links = "\n".join(f"1. [{title}](#{anchor})" for anchor, title in sections.items())
    with st.container(key="lesson_contents"):
        st.markdown(links)
        st.html(
            '<button class="lesson-all" aria-expanded="false" '
            f'aria-label="All {len(sections)} sections">All {len(sections)}</button>'
        )


@st.fragment
def show_squares() -> None:
    """A line through points, to be moved until the squares are small."""
    with st.container(border=True, key="lesson_squares"):
        left, right = st.columns([1, 1.7], gap="medium", vertical_alignment="center")
        with left:
            st.markdown("**Make the squares small**")
            slope = st.slider("Slope of the line", -0.5, 1.2, 0.1, 0.01, key="lesson_slope")
            height = st.slider("Height at 0", 0.0, 4.0, 2.6, 0.05, key="lesson_height")
            line = slope * arithmetic.POINTS_X + height
            error = arithmetic.mean_squared_error(line, arithmetic.POINTS_Y)
            best = arithmetic.best_line_error()
            st.metric("Mean squared error", f"{error:.3f}")
            if error < best + 0.01:
                st.markdown(f":green[:material/check: As good as a line gets: {best:.3f}.]")
            else:
                st.caption("What is left when no line does better? Find out.")
        with right:
            said = f"Six points, a line, and the square of each difference. Mean: {error:.3f}."
            show_figure(figures.squares_figure(slope, height), "squares", said)


@st.fragment
def show_two_losses() -> None:
    """What both losses say of one answer, from certainly wrong to certainly right."""
    digit = arithmetic.EXAMPLE_DIGIT
    with st.container(border=True, key="lesson_two_losses"):
        st.markdown(f"**The image shows {a_digit(digit)}. How sure of that is the network?**")
        percent = st.slider(
            f"Probability it gives to the {digit}, in percent",
            0.1,
            99.9,
            10.0,
            0.1,
            format="%.1f",
            key="lesson_probability",
        )
        outputs = arithmetic.outputs_giving(percent / 100)
        entropy = arithmetic.cross_entropy(outputs, digit)
        squared = arithmetic.mean_squared_error(outputs, arithmetic.one_hot(digit))
        left, right = st.columns(2, gap="medium")
        with left:
            st.caption("Its ten outputs, and the target: one-hot")
            said = f"The output for {digit} is {percent:.1f}%, the target 100%; the rest is shared."
            show_figure(figures.outputs_figure(outputs), "outputs", said)
        with right:
            st.caption("Both losses, as multiples of what guessing costs")
            said = f"Cross-entropy {entropy:.3f}, mean squared error {squared:.4f}."
            show_figure(figures.two_losses_figure(percent / 100), "two_losses", said)
        by_squares, by_entropy = arithmetic.pushes(outputs, digit)
        st.table(
            {
                "Loss": ["Cross-entropy", "Mean squared error"],
                "Value": [f"{entropy:.3f}", f"{squared:.4f}"],
                f"Pull on the score of the {digit}": [f"{by_entropy:.3f}", f"{by_squares:.5f}"],
            },
            alt="Value of both losses, and their slope along the score of the right digit.",
        )
        if abs(percent - 10) < 0.05:
            st.markdown("This is guessing: one in ten. Cross-entropy is then ln 10 = **2.303**.")


@st.fragment
def show_descent() -> None:
    """Gradient descent of one weight, with the learning rate and the number of steps to choose."""
    st.session_state.setdefault("lesson_rate", 0.4)
    with st.container(border=True, key="lesson_descent"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**Choose a learning rate**", width="content")
            for name, value in RATES.items():
                st.button(name, key=f"lesson_{name}", on_click=_set_rate, args=(value,))
        left, right = st.columns(2, gap="medium")
        rate = left.slider(text.LEARNING_RATE, 0.01, 2.5, step=0.01, key="lesson_rate")
        steps = right.slider("Steps", 1, 30, 12, key="lesson_steps")
        weights = arithmetic.descend(rate, steps)
        losses = arithmetic.bowl(weights)
        verdict = arithmetic.descent_in_words(rate, weights)
        with st.container(key="lesson_verdict"):
            st.markdown(verdict)
        left, right = st.columns(2, gap="medium")
        with left:
            said = f"From weight {weights[0]:.2f} to {weights[-1]:.3g}; the valley is at 3."
            show_figure(figures.descent_figure(weights), "descent", said)
        with right:
            ends = f"{losses[0]:.3g} to {losses[-1]:.3g}"
            said = f"The loss goes from {ends} in {counted(steps, 'step')}."
            show_figure(figures.descent_loss_figure(weights), "descent_loss", said)
        slope = arithmetic.bowl_slope(arithmetic.START)
        st.caption("The first step, with its numbers:")
        st.latex(
            rf"W' = W - \alpha\,\frac{{dl}}{{dW}} = {arithmetic.START:g} - {rate:g}\cdot({slope:g})"
            rf" = {weights[1]:.2f}",
            width="content",
        )


def _set_rate(rate: float) -> None:
    st.session_state.lesson_rate = rate


def show_exercise() -> None:
    """Two buttons: the exercise on the Train page, and the page to draw on."""
    with st.container(horizontal=True):
        if st.button(
            "Open this network in Train", key="exercise", type="primary", icon=":material/add:"
        ):
            forget_run()
            show_settings(EXERCISE)
            st.switch_page(page_file("train"), query_params=EXERCISE.to_query())
        if st.button("Draw a digit", key="to_draw", icon=":material/draw:"):
            st.switch_page(page_file("draw"))


def show_weights() -> None:
    """Where the weights of the default network and of the exercise are."""
    left, right = st.columns(2, gap="medium")
    for settings, column in ((TrainingSettings(), left), (EXERCISE, right)):
        with column, st.container(border=True):
            st.markdown(f"**{settings.architecture}**")
            st.caption(f"{settings.parameter_count:,} weights and biases")
            widths = settings.layer_widths
            said = f"{settings.parameter_count:,} in all; nine of ten are in the first layer."
            figure = network_figures.weights_figure(widths)
            show_figure(figure, f"weights_{len(widths)}", said)


def show_first_epoch() -> None:
    """The first epoch of the default network: its mean, and how good it was by then."""
    epoch = arithmetic.first_epoch()
    end = float(np.mean(epoch.accuracies[-100:]))
    with st.container(border=True, key="lesson_epoch"):
        settings = TrainingSettings()
        st.markdown(f"**The first epoch of {settings.architecture}, as it really went**")
        said = (
            f"The mean over the epoch is {epoch.accuracy:.1%}. The last 100 batches alone reach "
            f"{end:.1%}, and the images held back {epoch.validation_accuracy:.1%}."
        )
        figure = network_figures.epoch_figure(epoch.accuracies, epoch.validation_accuracy)
        show_figure(figure, "first_epoch", said)
        st.caption(f"{said} Recorded with the plain recipe, seed {settings.seed}.")


def show_certainty() -> None:
    """How far accuracies measured on few and on many images can be trusted."""
    with st.container(border=True, key="lesson_certainty"):
        st.markdown("**Which true accuracies fit a score**")
        said = "; ".join(
            f"{right:,} of {count:,}: {low:.1%} to {high:.1%}"
            for right, count in SCORES
            for low, high in [arithmetic.likely_range(right, count)]
        )
        show_figure(network_figures.certainty_figure(SCORES), "certainty", said)
        st.caption(f"95% intervals. {said}.")


def show_glossary() -> None:
    """The terms of the field, one line each."""
    with st.container(key="lesson_glossary"):
        show_terms()
