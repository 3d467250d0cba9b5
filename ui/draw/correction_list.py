"""The drawings that a visitor has corrected, as one element of the page: each can be taken back."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import streamlit as st

from model_store.records import Correction
from ui.shared.picture import picture_address

_KEY = "kept"
_HERE = Path(__file__).parent
_kept = st.components.v2.component(
    "digit_playground_kept",
    html='<p class="kept-words" role="status"></p><ul class="kept-drawings"></ul>',
    css=(_HERE / "correction_list.css").read_text(),
    js=(_HERE / "correction_list.js").read_text(),
    isolate_styles=False,
)


def show_kept(words: str, corrections: list[Correction], take_back: Callable[[int], None]) -> None:
    """Show corrected drawings, the newest first.

    Args:
        words: said above them.
        corrections: as they were kept, oldest first.
        take_back: called with the id of the correction that the visitor takes back.
    """
    drawings = [
        {
            "id": each.id,
            "label": str(each.label),
            "address": picture_address(np.frombuffer(each.image, np.uint8).reshape(28, 28)),
        }
        for each in reversed(corrections)
    ]
    _kept(
        data=[{"words": words, "drawings": drawings}],  # in a list: Streamlit looks for tables
        key=_KEY,
        on_taken_back_change=lambda: _pass_on(take_back),
    )


def _pass_on(take_back: Callable[[int], None]) -> None:
    """Take what the browser has sent, which may be anything, if it is a number."""
    state = st.session_state.get(_KEY)
    sent = state.get("taken_back") if isinstance(state, dict) else None
    if type(sent) is int and 0 < sent < 2**31:
        take_back(sent)
