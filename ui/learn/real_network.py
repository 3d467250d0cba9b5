"""Parts of the lesson that take a real network apart: the visitor's own, with what they drew."""

import base64
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import streamlit as st

from digits.settings import ACTIVATIONS
from digits.words import a_digit
from model_store.artifacts import ArtifactMissing
from model_store.database import StoreUnavailable
from model_store.records import Run
from server.resources import example_digits, ready_made_run, resources, weights_of
from trainer.checkpoints import CheckpointDamaged
from trainer.ready_made import READY_MADE
from trainer.run_settings import settings_of_weights
from ui.shared import network_picture
from ui.shared.drawing_in_session import Drawing, kept_drawing
from ui.shared.in_page.weights import weights_address
from ui.shared.javascript_modules import module_address
from ui.shared.network_choice import finished_of
from ui.shared.plain_text import plain
from ui.shared.session import visitor_id, wanted_run

_HERE = Path(__file__).parent
# A network that guesses shows nothing of what the lesson tells.
LEAST_ACCURACY = 0.5
_part = st.components.v2.component(
    "digit_playground_lesson",
    html='<div class="lesson-part"></div>',
    css=(_HERE / "learn.css").read_text() + network_picture.STYLE,
    js=(_HERE / "start.js").read_text(),
    isolate_styles=False,
)


class RealNetwork:
    """The network and the image that the lesson is told with, the same in all its parts."""

    def __init__(self) -> None:
        self._run = _shown_run()
        self.drawing = kept_drawing() or _test_image()
        self._is_drawn = kept_drawing() is not None

    def introduce(self) -> None:
        """Say which network reads what."""
        if self._run is None or self.drawing is None:
            st.info(
                "The pictures of this part come with the first training on this server. Please "
                "come back then.",
                icon=":material/hourglass_top:",
            )
            return
        own = f"your network **{plain(self._run.name)}**"
        network = "the **ready-made network**" if self._run.id == READY_MADE else own
        label = self.drawing.label
        written = "" if label is None else f", written as {a_digit(label)}"
        what = "your last drawing" if self._is_drawn else f"a test image{written}"
        hint = "" if self._is_drawn else " Draw a digit of your own, and it stands here."
        st.markdown(f"Here {network} reads {what}.{hint}")

    def show(self, part: str) -> None:
        """Show one part: `network`, `unit`, `softmax` or `step`."""
        if self._run is None or self.drawing is None:
            return
        settings = settings_of_weights(self._run)
        data: dict[str, Any] = {
            "module": module_address("learn/in_page/lesson.js"),
            "part": part,
            "weights": weights_address(self._run),
            "widths": settings.layer_widths,
            "activation": settings.activation,
            "image": base64.b64encode(self.drawing.image).decode(),
            "label": self.drawing.label,
        }
        with st.container(key=f"real_{part}"):
            # Asked for where the weights are gone: the page is run again, and names others.
            _part(data=data, key=f"real_{part}_part", on_gone_change=lambda: None)


def _shown_run() -> Run | None:
    """The run in view, or the visitor's newest, or the ready-made: the first that can teach."""
    return next((run for run in _candidates() if _can_be_shown(run)), None)


def _candidates() -> Iterator[Run]:
    """The store is asked for more only where what came before cannot be shown."""
    with suppress(StoreUnavailable):  # the lesson needs none of them, and is told all the same
        store = resources().store
        wanted = wanted_run()
        if wanted and (in_view := store.runs.get(wanted)):
            yield in_view
        yield from finished_of(store.runs.of_visitor(visitor_id()))
    if ready_made := ready_made_run():
        yield ready_made


def _can_be_shown(run: Run) -> bool:
    """Whether it has been measured, reads well, and its weights are there and stay as they are."""
    if run.is_active or not run.test or run.test["accuracy"] < LEAST_ACCURACY:
        return False
    if settings_of_weights(run).activation not in ACTIVATIONS or weights_address(run) is None:
        return False
    with suppress(ArtifactMissing, CheckpointDamaged):
        return bool(weights_of(run))
    return False


def _test_image() -> Drawing | None:
    digits = example_digits()
    if digits is None:
        return None
    images, labels = digits
    first = int((labels == 3).argmax())
    return Drawing(images[first].tobytes(), int(labels[first]))
