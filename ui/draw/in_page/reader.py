"""What the page reads with while the pen moves: the modules of this folder, and a network."""

from pathlib import Path
from typing import Any

import streamlit as st

from model_store.records import Run
from trainer.run_settings import settings_of
from ui.shared.in_page.weights import weights_address
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
    data = {"module": module_address("draw/in_page/pen.js"), "network": run and _offer(run)}
    with st.container(key="reader_in_page"):
        _reader(data=data, key="reader_in_page_script")


def _offer(run: Run) -> dict[str, Any] | None:
    address = weights_address(run)
    if address is None:
        return None
    settings = settings_of(run)
    return {
        "run": run.id,
        "address": address,
        "widths": settings.layer_widths,
        "activation": settings.activation,
        "temperature": (run.test or {}).get("temperature", 1.0),
    }
