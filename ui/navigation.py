"""The navigation on top, what all pages share, and the page that the visitor has asked for."""

import streamlit as st

from ui.address_bar import keep_history_short
from ui.addresses import page_file
from ui.session import note_visit
from ui.signing_in import show_signing_in
from ui.style import apply_style


def show_page() -> None:
    """Show the page that the address names."""
    current = st.navigation(
        [
            _page("train", "Train", "play_circle", default=True),
            _page("draw", "Draw", "draw"),
            _page("learn", "Learn", "school"),
            _page("models", "Models", "inventory_2"),
        ],
        position="top",
    )
    apply_style()
    keep_history_short()
    note_visit()
    show_signing_in()
    current.run()


def _page(name: str, title: str, icon: str, default: bool = False) -> st.Page:
    return st.Page(
        page_file(name),
        title=title,
        icon=f":material/{icon}:",
        url_path=None if default else name,
        default=default,
    )
