"""The visitor's own digits below an answer: how many are read, and what can be done with them."""

from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from config.environment import retention_from_environment
from digits.mnist_csv import to_mnist_csv
from digits.words import counted
from model_store.records import LabelledDrawing, Run
from server.resources import resources
from trainer.bounded_cache import BoundedCache
from ui.draw.drawing_list import forget, offer_to_bring_back, show_kept
from ui.draw.own_round import begin_round, has_finished_round
from ui.shared.errors import told_beside_the_page
from ui.shared.own_digits import answers_of, images_of, labels_of, score_in_words
from ui.shared.picture import contact_sheet, png_file
from ui.shared.session import visitor_id

COLUMNS_OF_THE_SHEET = 10


def show_round_words() -> None:
    """What a round is for, in the place of the answer."""
    with st.container(key="round_words"):
        st.markdown(
            "**Your own ten digits.** Draw each one as you write it, then press **Next**. "
            "Nothing is read meanwhile, so that you do not draw for the network: how many it "
            "reads is said at the end. Nobody else can see them."
        )


def show_own_digits(run: Run, drawings: list[LabelledDrawing]) -> None:
    """Show how the network does on the visitor's own digits, once there are some.

    Args:
        run: the network that reads.
        drawings: what the visitor has drawn when asked for a digit.
    """
    all_of_them = (resources().store.own_digits, "forgotten_own")
    is_told = has_finished_round()
    with st.container(key="own_digits"):
        if drawings:
            answers = answers_of(run, drawings)
            result, words = _words(answers, drawings)
            show_kept(
                words,
                drawings,
                _take_back,
                key="own_kept",
                answers=None if answers is None else answers.tolist(),
                verb="Delete",
                result=result,
                is_told=is_told,
            )
            with st.container(horizontal=True):
                offer_round("Draw ten more")
                _offer_to_take_home(drawings)
                st.button(
                    "Forget these",
                    key="forget_own",
                    type="tertiary",
                    on_click=forget,
                    args=all_of_them,
                )
            return
        if st.session_state.get("forgotten_own"):
            offer_to_bring_back("Your own digits are forgotten.", "bring_back_own", all_of_them)


def offer_round(label: str) -> None:
    """Let the visitor begin a round of ten digits."""
    st.button(label, key="own_ten", icon=":material/edit_square:", on_click=begin_round)


def _words(answers: NDArray[np.uint8] | None, drawings: list[LabelledDrawing]) -> tuple[str, str]:
    """What came of them, and what is to be known of that."""
    kept = f"Each is kept for {counted(retention_from_environment().days, 'day')}, for you alone."
    if answers is None:
        return "", f"You have drawn {counted(len(drawings), 'digit')} to test networks with. {kept}"
    score, interval = score_in_words(answers, drawings)
    return (
        f"This network reads {score} digits right.",
        "These are the digits that you drew when asked. So few are only a sample: of all that you "
        f"would write, it may read any share from {interval} (95% interval). {kept}",
    )


def _offer_to_take_home(drawings: list[LabelledDrawing]) -> None:
    """Offer both files by Streamlit's button: only the session may know whose digits these are."""
    ids = tuple(each.id for each in drawings)
    for name, make, kind, what in _FILES:
        st.download_button(
            name.upper(),
            _files.get((name, ids), partial(make, drawings)),
            f"my-digits.{name}",
            kind,
            key=f"own_{name}",
            icon=":material/download:",
            on_click="ignore",
            help=what,
        )


def _sheet(drawings: list[LabelledDrawing]) -> bytes:
    images = images_of(drawings)
    return png_file(contact_sheet(images, min(COLUMNS_OF_THE_SHEET, len(images))))


def _csv(drawings: list[LabelledDrawing]) -> bytes:
    return to_mnist_csv(images_of(drawings), labels_of(drawings)).encode()


_FILES = (
    ("png", _sheet, "image/png", "All of them on one sheet, the oldest first."),
    ("csv", _csv, "text/csv", "As MNIST is handed around: a line each, the digit and 784 pixels."),
)
# Made anew for whoever has not been here for long: 200 digits take 25 ms and half a megabyte.
_files = BoundedCache[bytes](4 * 2**20, len)


def _take_back(drawing_id: int) -> None:
    with told_beside_the_page():
        resources().store.own_digits.take_back(visitor_id(), drawing_id)
