"""What the page reads with while the pen moves: the modules of this folder, and a network."""

from pathlib import Path

import streamlit as st

from model_store.records import Run
from ui.shared.in_page.weights import offer_to_read
from ui.shared.javascript_modules import module_address

_HERE = Path(__file__).parent
_reader = st.components.v2.component(
    "digit_playground_reader_in_page",
    html="<span></span>",
    css=(_HERE / "live_answer.css").read_text(),
    js=(_HERE / "start.js").read_text(),
    isolate_styles=False,  # they are those of the answer, which is another component
)


def read_in_page(run: Run | None) -> None:
    """Have the browser read with a run's network while the pen moves.

    To be called at the end of the page, outside of what a stroke runs again.

    Args:
        run: the one that reads on the server; None where there is none.
    """
    data = {"module": module_address("draw/in_page/pen.js"), "network": run and offer_to_read(run)}
    with st.container(key="reader_in_page"):
        _reader(data=data, key="reader_in_page_script")
