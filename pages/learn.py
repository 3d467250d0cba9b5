"""How a network learns, taken apart: loss, descent, backpropagation, and the real thing."""

import streamlit as st

from digits import lesson, lesson_text
from ui import graph_view, lesson_view

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
    st.markdown(lesson_text.INTRODUCTION)
    lesson_view.show_contents(SECTIONS)

    header("loss")
    st.markdown(lesson_text.LOSS)
    lesson_view.show_squares()
    st.markdown(lesson_text.CROSS_ENTROPY)
    lesson_view.show_two_losses()
    st.markdown(lesson_text.WHY_CROSS_ENTROPY)

    header("descent")
    st.markdown(lesson_text.DESCENT)
    lesson_view.show_descent()
    st.markdown(lesson_text.DESCENT_BEYOND)

    header("backpropagation")
    st.markdown(lesson_text.BACKPROPAGATION)
    graph_view.show_graph()
    st.markdown(lesson_text.BACKPROPAGATION_BEYOND)

    header("tape")
    st.markdown(lesson_text.TAPE)
    graph_view.show_tape()

    header("keras")
    st.markdown(lesson_text.KERAS)
    st.code(lesson.keras_script(), language="python")
    st.markdown(lesson_text.KERAS_DETAILS)
    st.markdown(lesson_text.EXERCISE)
    lesson_view.show_weights()
    with st.expander("Show the line", icon=":material/lightbulb:"):
        st.markdown("Between the layer of 64 units and the last one:")
        st.code(lesson_text.EXERCISE_LINE, language="python")
    lesson_view.show_exercise()

    header("notes")
    st.markdown(lesson_text.EPOCHS)
    st.markdown(lesson_text.VALIDATION)
    lesson_view.show_first_epoch()
    st.markdown(lesson_text.CERTAINTY)
    lesson_view.show_certainty()

    header("glossary")
    lesson_view.show_glossary()
