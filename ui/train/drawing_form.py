"""Whether the next run takes the visitor's drawing along."""

import streamlit as st

from ui.shared.drawing_in_session import kept_drawing


def offer_to_follow() -> bool:
    """Let the visitor take their drawing along with the next run; False while there is none."""
    return kept_drawing() is not None and st.checkbox(
        "Follow what it makes of my drawing",
        value=True,
        key="follow_drawing",
        help="What you drew last on Draw is read at each report, and its moments are marked on the "
        "loss. Whoever has the run's link can see it. The network does not learn from it.",
    )
