"""What a network reads in a drawing: the digit, ten probabilities, and how it came to see it."""

import base64
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import NamedTuple

import numpy as np
import streamlit as st

from digits.calibration import calibrated
from digits.drawing import Pixels, Preparation, prepare
from digits.explanation import explain
from digits.inference import FloatArray, digit_probabilities
from digits.outlier_detection import NO_ELEVENTH, doubt
from digits.words import a_digit, brief_probability, probability
from model_store.artifacts import ArtifactMissing
from model_store.database import StoreUnavailable
from model_store.records import Run
from server.resources import resources, step_of, weights_of
from trainer.checkpoints import CheckpointDamaged
from trainer.run_settings import course_of, settings_of_weights
from ui.draw.corrections import just_kept, take_back
from ui.draw.neighbours import offered_neighbours
from ui.draw.prediction_component import (
    Answer,
    Picture,
    Switches,
    show_answer,
    show_nothing_drawn,
    switches,
)
from ui.shared.drawing_in_session import forget_drawing, keep_drawing
from ui.shared.picture import explained, picture_address, reduced
from ui.shared.state_in_words import place_of
from ui.shared.throttle import Action, allow

LEAST_SHARE_WITH_A_NUMBER = 0.001


class Reader(NamedTuple):
    """A network that reads.

    Attributes:
        run: where it comes from.
        weights: kernel, bias, kernel, bias, ...; none if they cannot be had.
        trouble: why not, in a sentence for visitors.
        as_of: how far its training was, for one that still trains.
    """

    run: Run
    weights: list[FloatArray]
    trouble: str = ""
    as_of: str = ""


def reader_of(run: Run) -> Reader:
    """The network of a run with weights, the newest of one that still trains.

    To ask the store for them may take long.
    """
    now = run
    if run.is_active:
        with suppress(StoreUnavailable):  # then with those that it had when the page was made
            now = resources().store.runs.get(run.id) or run
    try:
        return Reader(now, weights_of(now), as_of=_as_of(now) if now.is_active else "")
    except (ArtifactMissing, CheckpointDamaged) as error:
        return Reader(run, [], str(error))


def _as_of(run: Run) -> str:
    """Of which step the weights of a run are."""
    step = step_of(run)
    return place_of(step, course_of(run)) if step else ""


def show_reading(
    reader: Reader,
    pixels: Pixels | None,
    visitor: str,
    is_drawn: bool,
    correct: Callable[[Pixels, int], None],
) -> bool:
    """Show what a network reads.

    Args:
        reader: the network.
        pixels: of the canvas, or of a test image [28, 28]; None before the first stroke.
        visitor: who draws.
        is_drawn: by the visitor, and not a test image.
        correct: called with the image as the network saw it, [28, 28], and the digit that it is,
            when the visitor says so.

    Returns:
        False if there was nothing to read.
    """
    preparation = prepare(pixels) if pixels is not None else None
    if pixels is None or preparation is None or preparation.is_blank:
        forget_drawing()
        show_nothing_drawn(switches(), just_kept(), take_back)
        return False
    st.session_state.pop("just_kept", None)
    if is_drawn:
        keep_drawing(preparation.image)
    if not allow(Action.DRAW, visitor):
        return False
    if reader.trouble:
        st.warning(reader.trouble)
        return False
    chosen = switches()
    show_answer(_answer(reader, preparation, chosen), chosen, partial(correct, preparation.image))
    return True


def _answer(reader: Reader, preparation: Preparation, chosen: Switches) -> Answer:
    """All that is shown of what a network reads in a drawing."""
    run, weights = reader.run, reader.weights
    seen = preparation.image if chosen.prepared else preparation.squeezed
    temperature = run.temperature if chosen.calibrated else 1.0
    activation = settings_of_weights(run).activation
    both = np.stack([preparation.image, preparation.squeezed])
    answers = calibrated(digit_probabilities(weights, activation, both), temperature)
    probabilities = answers[0 if chosen.prepared else 1]
    digit = int(probabilities.argmax())
    contributions = explain(weights, activation, seen, digit)
    return {
        "image": f"{zlib.crc32(preparation.image.tobytes()):08x}",
        "seen": base64.b64encode(seen.tobytes()).decode(),
        "digit": str(digit),
        "words": f"It reads {a_digit(digit)} and is {probability(probabilities[digit])} sure",
        "as_of": reader.as_of and f"With its weights {reader.as_of}.",
        "pictures": [
            _picture(seen, "What the network sees"),
            _picture(explained(contributions), f"Spoke for {digit} (blue), against it (orange)"),
        ],
        "doubt": _doubt(preparation),
        "shares": probabilities.tolist(),
        "numbers": _numbers(probabilities),
        "description": _description(probabilities),
        "steps": [
            _picture(reduced(preparation.ink), "1. Your drawing"),
            _picture(reduced(preparation.crop), "2. Cropped"),
            _picture(preparation.fitted, "3. Strokes evened, fitted to 20 by 20"),
            _picture(preparation.image, "4. Centred in 28 by 28"),
        ],
        "compared": _compared(*answers),
        "neighbours": offered_neighbours(run),
    }


def _numbers(probabilities: FloatArray) -> list[str]:
    """Beside each bar that is to be seen, and beside the longest."""
    return [
        brief_probability(share) if share >= LEAST_SHARE_WITH_A_NUMBER or share == best else ""
        for best in [probabilities.max()]
        for share in probabilities
    ]


def _picture(pixels: Pixels, caption: str) -> Picture:
    return {"address": picture_address(pixels), "caption": caption}


def _doubt(preparation: Preparation) -> str:
    found = doubt(preparation)
    if found is None:
        return ""
    return (
        f"{found.sentence} The shares sum to 100% all the same: softmax can only say "
        f"which digit is the likeliest, {NO_ELEVENTH}"
    )


def _description(probabilities: FloatArray) -> str:
    said = ", ".join(f"{digit}: {probability(share)}" for digit, share in enumerate(probabilities))
    return f"Probability of each digit. {said}."


def _compared(prepared: FloatArray, squeezed: FloatArray) -> str:
    first, second = (
        f"{shares.argmax()} ({probability(shares.max())})" for shares in (prepared, squeezed)
    )
    return (
        f"Prepared as MNIST was, it reads {first}. With the canvas just squeezed to 28 by 28 "
        f"pixels, it would read {second}."
    )
