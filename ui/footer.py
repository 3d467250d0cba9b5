"""What stands below every page: which program this is, where it comes from, and what is kept."""

import streamlit as st

from config.environment import retention_from_environment, source_address
from config.version import VERSION
from digits.words import counted


def show_footer() -> None:
    """Name the program, its version and source, and say what is kept of a visitor."""
    with st.container(key="footer"):
        source = source_address()
        link = f"[Source code]({source}), " if source else ""
        st.caption(f"**Digit Playground** {VERSION}. {link}Apache License 2.0")
        days = counted(retention_from_environment().days, "day")
        st.caption(
            f"**What is kept**: every network of yours, up to {days} after it was last trained, "
            "and for as long the drawings that you name a digit for, draw in a round of ten or "
            "have a network follow; of other drawings nothing. A cookie with a random number tells "
            "that they are yours. It holds no name, nobody else gets it, and nothing here counts "
            "or follows you for advertising."
        )
