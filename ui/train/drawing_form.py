"""Whether the next run takes the visitor's drawing along."""

import streamlit as st

from ui.shared.drawing_in_session import kept_drawing


def offer_to_follow() -> bool:
    """Let the visitor take their drawing along with the next run; False while there is none."""
    if kept_drawing() is None:
        return False
    # No `help`: its question mark would stand within the label, where a tap on it ticks the box.
    follows = st.checkbox("Follow what it makes of my drawing", value=True, key="follow_drawing")
    st.caption(
        "Your last drawing goes along, and the loss shows when the network gets it. The network "
        "does not learn from it. Nobody else sees it unless you share the run's link."
    )
    return follows
