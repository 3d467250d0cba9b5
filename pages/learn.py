"""How a network learns, taken apart: loss, descent, backpropagation, and the real thing."""

import streamlit as st

from lesson import arithmetic, text
from ui.learn import graph_view, lesson_view

SECTIONS = {
    "loss": "How wrong is it? The loss",
    "descent": "Walking downhill: gradient descent",
    "backpropagation": "Who is to blame? Backpropagation",
    "tape": "Let the machine do it: GradientTape",
    "keras": "The real thing: 784-128-64-10",
    "notes": "How to read the curves",
    "glossary": "The words of the field",
}


def header(anchor: str) -> None:
    number = list(SECTIONS).index(anchor) + 1
    st.header(f"{number}. {SECTIONS[anchor]}", anchor=anchor)


with st.container(key="lesson"):
    st.title("How a network learns")
    st.markdown(text.INTRODUCTION)
    lesson_view.show_contents(SECTIONS)

    header("loss")
    st.markdown(text.LOSS)
    lesson_view.show_squares()
    st.markdown(text.CROSS_ENTROPY)
    lesson_view.show_two_losses()
    st.markdown(text.WHY_CROSS_ENTROPY)

    header("descent")
    st.markdown(text.DESCENT)
    lesson_view.show_descent()
    st.markdown(text.DESCENT_BEYOND)

    header("backpropagation")
    st.markdown(text.BACKPROPAGATION)
    graph_view.show_graph()
    st.markdown(text.BACKPROPAGATION_BEYOND)

    header("tape")
    st.markdown(text.TAPE)
    graph_view.show_tape()

    header("keras")
    st.markdown(text.KERAS)
    st.code(arithmetic.keras_script(), language="python")
    st.markdown(text.KERAS_DETAILS)
    st.markdown(text.EXERCISE)
    lesson_view.show_weights()
    with st.expander("Show the line", icon=":material/lightbulb:"):
        st.markdown("Between the layer of 64 units and the last one:")
        st.code(text.EXERCISE_LINE, language="python")
    lesson_view.show_exercise()

    header("notes")
    st.markdown(text.EPOCHS)
    st.markdown(text.VALIDATION)
    lesson_view.show_first_epoch()
    st.markdown(text.CERTAINTY)
    lesson_view.show_certainty()

    header("glossary")
    lesson_view.show_glossary()
