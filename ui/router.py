"""The way to every page: the navigation on top, and what all pages share."""

from pathlib import Path

import streamlit as st

from ui.addresses import page_file
from ui.session import note_visit
from ui.signing_in import show_signing_in
from ui.style import apply_style

ICON = str(Path(__file__).parent / "frontend" / "icon.png")


def page(name: str, title: str, icon: str, default: bool = False) -> st.Page:
    """A page of the folder `pages`."""
    address = None if default else name
    return st.Page(
        page_file(name),
        title=title,
        icon=f":material/{icon}:",
        url_path=address,
        default=default,
    )


st.set_page_config(page_title="Digit Playground", page_icon=ICON, layout="wide")
current = st.navigation(
    [
        page("train", "Train", "play_circle", default=True),
        page("draw", "Draw", "draw"),
        page("learn", "Learn", "school"),
        page("models", "Models", "inventory_2"),
    ],
    position="top",
)
apply_style()
note_visit()
show_signing_in()
current.run()
