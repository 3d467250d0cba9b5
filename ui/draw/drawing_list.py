"""Drawings that a visitor has given a label, as one element of the page: each can be taken back."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import streamlit as st

from model_store.drawings import Drawings
from model_store.records import LabelledDrawing
from ui.shared.errors import told_beside_the_page
from ui.shared.picture import picture_address
from ui.shared.session import visitor_id

_HERE = Path(__file__).parent
_kept = st.components.v2.component(
    "digit_playground_kept",
    html='<p class="kept-words" role="status"><strong></strong><span></span></p>'
    '<ul class="kept-drawings"></ul>',
    css=(_HERE / "drawing_list.css").read_text(),
    js=(_HERE / "drawing_list.js").read_text(),
    isolate_styles=False,
)


def show_kept(
    words: str,
    drawings: Sequence[LabelledDrawing],
    take_back: Callable[[int], None],
    key: str = "kept",
    answers: Sequence[int] | None = None,
    verb: str = "Undo",
    result: str = "",
    is_told: bool = False,
) -> None:
    """Show drawings, the newest first.

    Args:
        words: said above them.
        drawings: as they were kept, oldest first.
        take_back: called with the id of the drawing that the visitor takes back.
        key: tells the lists of one page apart.
        answers: the digit that a network reads in each, if that is to be seen.
        verb: on the button that takes one back.
        result: what came of them, said first and largest.
        is_told: whether they have just come to be, and are to be brought into sight.
    """
    shown = [
        {
            "id": each.id,
            "label": str(each.label),
            "address": picture_address(np.frombuffer(each.image, np.uint8).reshape(28, 28)),
            "answer": "" if answers is None else str(answers[number]),
        }
        for number, each in enumerate(drawings)
    ]
    _kept(
        # In a list, as Streamlit looks for tables.
        data=[
            {
                "words": words,
                "result": result,
                "drawings": shown[::-1],
                "verb": verb,
                "isTold": is_told,
            }
        ],
        key=key,
        on_taken_back_change=partial(_pass_on, key, take_back),
    )


def forget(kept: Drawings, name: str) -> None:
    """Forget all that the visitor has kept there; under this name it can be brought back.

    Args:
        kept: where their drawings are.
        name: of what the session remembers.
    """
    with told_beside_the_page():
        forgotten = kept.of_visitor(visitor_id())
        kept.forget(visitor_id())
        st.session_state[name] = forgotten


def offer_to_bring_back(words: str, key: str, forgotten: tuple[Drawings, str]) -> None:
    """Say that drawings are forgotten, and offer them again.

    Args:
        words: that say so.
        key: of the button.
        forgotten: as `forget` was given them.
    """
    st.caption(words)
    st.button("Bring them back", key=key, type="tertiary", on_click=_bring_back, args=forgotten)


def _bring_back(kept: Drawings, name: str) -> None:
    """Keep again what was forgotten under this name."""
    forgotten = st.session_state.get(name, [])
    with told_beside_the_page():
        while forgotten:
            kept.add(visitor_id(), forgotten[0])
            del forgotten[0]
        st.session_state.pop(name, None)


def _pass_on(key: str, take_back: Callable[[int], None]) -> None:
    """Take what the browser has sent, which may be anything, if it is a number."""
    state = st.session_state.get(key)
    sent = state.get("taken_back") if isinstance(state, dict) else None
    if type(sent) is int and 0 < sent < 2**31:
        take_back(sent)
