"""The way to every page: wait until the app is open, then show what the visitor has asked for."""

import time
from pathlib import Path

import streamlit as st

from ui.startup import first_page_shown, wait_until_open

ICON = str(Path(__file__).parent / "icon.png")


def show_page() -> None:
    """Show the page that the address names, once what it needs is loaded."""
    try:
        wait_until_open()
    except TimeoutError as error:
        st.info(str(error), icon=":material/hourglass_top:")
        time.sleep(1)
        st.rerun()
    from ui import navigation

    navigation.show_page()
    first_page_shown()


# A worker that is started while a visitor's page runs takes this file for its own main module.
if __name__ == "__main__":
    st.set_page_config(page_title="Digit Playground", page_icon=ICON, layout="wide")
    show_page()
