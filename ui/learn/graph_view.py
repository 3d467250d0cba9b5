"""The two-layer graph of the Learn page: forward, backward, one step, and TensorFlow's opinion."""

from pathlib import Path

import streamlit as st

from lesson import arithmetic, text
from lesson.arithmetic import Graph
from lesson.graph import graph_drawing, graph_in_words, number
from server.resources import resources
from trainer.service import WorkersBusy
from ui.learn.code import show_code

_HERE = Path(__file__).parent
FIRST = Graph(x=2.0, target=0.2, w1=0.5, w2=1.5)
LARGEST_WEIGHT = 5.0

_drawing = st.components.v2.component(
    "digit_playground_graph",
    html='<div class="lesson-graph" role="img"></div>',
    css=(_HERE / "graph.css").read_text(),
    js=(_HERE / "graph.js").read_text(),
)


@st.fragment
def show_graph() -> None:
    """The graph with controls for its numbers, the chain rule's factors, and one step."""
    for name, value in FIRST._asdict().items():
        st.session_state.setdefault(f"graph_{name}", value)
    with st.container(border=True, key="lesson_graph"):
        _controls()
        graph = _graph()
        data = {"drawing": graph_drawing(graph), "description": graph_in_words(graph)}
        _drawing(data=data, key="graph_drawing")
        st.markdown(
            ":blue[**Forward**: numbers] · :orange[**Backward**, dashed: slopes of the loss]"
        )
    with st.expander("The chain rule, factor by factor", icon=":material/function:"):
        st.markdown("**Each box answers for itself: how much does my output follow my input?**")
        for meaning, formula in arithmetic.chain_rule(graph):
            left, right = st.columns([1, 2], gap="small", vertical_alignment="center")
            left.markdown(meaning)
            right.latex(formula, width="content")
        st.markdown("**The chain rule multiplies the answers on the way back**")
        for column, formula in zip(st.columns(2), arithmetic.products(graph), strict=True):
            column.latex(formula, width="content")
    _show_step(graph)


def _controls() -> None:
    given, weights = st.columns(2, gap="medium")
    with given:
        st.slider("Input x", -3.0, 3.0, step=0.1, key="graph_x")
        st.slider("Target t", -2.0, 2.0, step=0.1, key="graph_target")
    with weights:
        for name, label in (("w1", "Weight w₁ of L1"), ("w2", "Weight w₂ of L2")):
            st.number_input(
                label,
                -LARGEST_WEIGHT,
                LARGEST_WEIGHT,
                step=0.1,
                format="%.3f",
                key=f"graph_{name}",
            )


def _graph() -> Graph:
    return Graph(
        *(
            st.session_state.get(f"graph_{name}", FIRST[index])
            for index, name in enumerate(Graph._fields)
        )
    )


def _show_step(graph: Graph) -> None:
    """The update of both weights, what it does to the loss, and a button that takes it."""
    with st.container(border=True, key="lesson_step"):
        rate = st.slider(text.LEARNING_RATE, 0.01, 2.0, 0.1, 0.01, key="graph_rate")
        for column, formula in zip(st.columns(2), arithmetic.updates(graph, rate), strict=True):
            column.latex(formula, width="content")
        after = arithmetic.one_step(graph, rate)
        now, then = arithmetic.forward(graph).loss, arithmetic.forward(after).loss
        with st.container(horizontal=True, vertical_alignment="top", gap="medium"):
            st.metric("Loss now", number(now), width="content")
            st.metric(
                "After the step",
                number(then),
                delta=f"{then - now:.3f}",
                delta_color="inverse",
                width="content",
            )
            too_far = max(abs(after.w1), abs(after.w2)) > LARGEST_WEIGHT
            st.button(
                "Take the step",
                key="graph_step",
                icon=":material/south_east:",
                on_click=_set_graph,
                args=(after,),
                disabled=too_far,
            )
            st.button(
                "Back to the first numbers",
                key="graph_reset",
                type="tertiary",
                on_click=_set_graph,
                args=(FIRST,),
            )
        if then > now:
            st.markdown(text.TOO_LONG)


def _set_graph(graph: Graph) -> None:
    for name, value in graph._asdict().items():
        st.session_state[f"graph_{name}"] = value


@st.fragment
def show_tape() -> None:
    """The same slopes by TensorFlow: the code, and a button that runs it."""
    show_code(arithmetic.tape_source(), "The slopes by TensorFlow")
    if st.button("Run it", key="run_tape", type="primary", icon=":material/play_arrow:"):
        graph = _graph()
        with st.spinner("TensorFlow is at work."):
            try:
                found = resources().service.gradients(graph._asdict())
            except WorkersBusy as busy:
                st.info(str(busy), icon=":material/hourglass_top:")
                return
        _compare(graph, found)


def _compare(graph: Graph, found: dict[str, float]) -> None:
    by_hand = arithmetic.backward(graph)._asdict()
    differences = {name: abs(by_hand[name] - value) for name, value in found.items()}
    with st.container(key="tape_result"):
        st.table(
            {
                "Slope along": ["w₁", "w₂"],
                "By the chain rule": [f"{by_hand[name]:.7f}" for name in ("w1", "w2")],
                "By TensorFlow": [f"{found[name]:.7f}" for name in ("w1", "w2")],
                "Difference": [f"{differences[name]:.1e}" for name in ("w1", "w2")],
            }
        )
        numbers = ", ".join(f"{name} = {value:g}" for name, value in graph._asdict().items())
        st.caption(
            f"For {numbers}. What difference there is comes from rounding: TensorFlow reckons "
            "with about seven digits here, this page with sixteen."
        )
