"""How a network learns, taken apart: from a network that reads to the code that trains it."""

import streamlit as st

from lesson import arithmetic, text
from ui.learn import graph_view, lesson_view, seeing
from ui.learn.code import show_code
from ui.learn.real_network import RealNetwork
from ui.shared.figure import load_plotly_ahead

SECTIONS = {
    "network": "A network reads a digit",
    "unit": "One unit, and what it looks for",
    "softmax": "Ten scores, ten shares: softmax",
    "loss": "How wrong is it? The loss",
    "descent": "Walking downhill: gradient descent",
    "backpropagation": "Who is to blame? Backpropagation",
    "overfitting": "Learned by heart: overfitting",
    "tape": "Let the machine do it: GradientTape",
    "keras": "The real thing: 784-128-64-10",
    "notes": "How to read the curves",
    "glossary": "The words of the field",
}


def header(anchor: str) -> None:
    number = list(SECTIONS).index(anchor) + 1
    st.header(f"{number}. {SECTIONS[anchor]}", anchor=anchor)


def formula(words: str) -> None:
    with st.expander("The formula", icon=":material/function:"):
        st.markdown(words)


real = RealNetwork()
with st.container(key="lesson"):
    st.title("How a network learns")
    lesson_view.show_contents(SECTIONS)
    st.markdown(text.INTRODUCTION)

    header("network")
    real.introduce()
    real.show("network")
    st.markdown(text.NETWORK)

    header("unit")
    st.markdown(text.UNIT)
    real.show("unit")
    formula(text.UNIT_FORMULA)

    header("softmax")
    st.markdown(text.SOFTMAX)
    real.show("softmax")
    formula(text.SOFTMAX_FORMULA)

    header("loss")
    st.markdown(text.LOSS)
    lesson_view.show_squares()
    formula(text.LOSS_FORMULA)
    st.markdown(text.CROSS_ENTROPY)
    lesson_view.show_two_losses()
    formula(text.CROSS_ENTROPY_FORMULA)
    st.markdown(text.WHY_CROSS_ENTROPY)

    header("descent")
    st.markdown(text.DESCENT)
    lesson_view.show_descent()
    formula(text.DESCENT_FORMULA)
    st.markdown(text.DESCENT_BEYOND)
    st.markdown(text.RATES)
    seeing.show_learning_rates()

    header("backpropagation")
    st.markdown(text.BACKPROPAGATION)
    graph_view.show_graph()
    st.markdown(text.BACKPROPAGATION_BEYOND)
    st.markdown(text.ANSWER)
    real.show("step")

    header("overfitting")
    st.markdown(text.OVERFITTING)
    seeing.show_overfitting()
    st.markdown(text.SPLIT)
    seeing.show_split()
    st.markdown(text.AUGMENTATION)
    seeing.show_augmentation(real.drawing)

    header("tape")
    st.markdown(text.TAPE)
    graph_view.show_tape()

    header("keras")
    st.markdown(text.KERAS)
    show_code(arithmetic.keras_script(), "The network in Keras")
    st.markdown(text.KERAS_DETAILS)
    st.markdown(text.EXERCISE)
    lesson_view.show_weights()
    with st.expander("Show the line", icon=":material/lightbulb:"):
        st.markdown("Between the layer of 64 units and the last one:")
        show_code(text.EXERCISE_LINE, "The line of the exercise")
    lesson_view.show_exercise()

    header("notes")
    st.markdown(text.EPOCHS)
    st.markdown(text.VALIDATION)
    lesson_view.show_first_epoch()
    st.markdown(text.CERTAINTY)
    lesson_view.show_certainty()

    header("glossary")
    lesson_view.show_glossary()
load_plotly_ahead()
