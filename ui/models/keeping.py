"""How long networks are kept, and what can be done with one at home."""

import streamlit as st

from digits.keras_export import EXAMPLE, OLDEST_KERAS
from digits.words import counted
from model_store.limits import Retention
from model_store.records import Run
from ui.models.keras_download import file_name


def show_retention(retention: Retention, runs: int) -> None:
    """Say how long networks are kept, and when the next one pushes one out.

    Args:
        retention: what the operator has set.
        runs: how many the visitor has.
    """
    st.caption(
        f"A network is forgotten {counted(retention.days, 'day')} after it was last trained, when "
        f"you have {retention.runs_per_visitor} newer ones, or when those of all visitors together "
        f"need more than {retention.total_bytes / 2**30:g} GB. Take home what you would miss."
    )
    if runs >= retention.runs_per_visitor:
        st.warning(
            f"You have {counted(runs, 'network')}. With the next one, the oldest is forgotten.",
            icon=":material/inventory_2:",
        )


def show_use_at_home(run: Run) -> None:
    """How to open a network that was taken home, by the example of one."""
    with st.expander("What to do with a network at home", icon=":material/home:"):
        st.markdown(
            f"Keras {OLDEST_KERAS} and every newer version opens it. It takes images of 28 by 28 "
            "numbers from 0 to 1, the digit white (1) on black (0), brought to size and centred as "
            "Draw does it. The temperature makes it as sure as this page says, no surer."
        )
        code = EXAMPLE.format(
            file_name=file_name(run), temperature=round(temperature_of(run) or 1, 4)
        )
        st.code(code, language="python")


def at_home(run: Run) -> str:
    """What the file of a run needs and what it is fed, in one line."""
    temperature = temperature_of(run)
    said = f"At home: Keras {OLDEST_KERAS} or newer · images 28 by 28, 0 to 1, white on black"
    return f"{said} · temperature {temperature:.3f}" if temperature else said


def temperature_of(run: Run) -> float | None:
    """What the logits of a run's network are divided by; None before it was measured."""
    return (run.test or {}).get("temperature")
