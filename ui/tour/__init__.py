"""A tour of the page: it lights up one control after the other and waits until it is tried."""

from pathlib import Path

import streamlit as st

from ui.shared.javascript_modules import module_address

_HERE = Path(__file__).parent
_tour = st.components.v2.component(
    "digit_playground_tour",
    html="""<button type="button" class="tour-start" hidden>
      <span class="tour-icon" aria-hidden="true">explore</span>
      <span class="tour-words">Show me around</span>
    </button>""",
    css=(_HERE / "tour.css").read_text(),
    js=(_HERE / "start.js").read_text(),
    isolate_styles=False,
)


def offer_tour(page: str, title: str) -> None:
    """Offer the tour of a page by a quiet button; it never starts by itself.

    Args:
        page: its name, as in `ui/pages.py`.
        title: what visitors call it.
    """
    with st.container(key="tour"):
        data = {"module": module_address("tour/tour.js"), "page": page, "title": title}
        _tour(data=data, key="tour_button")
