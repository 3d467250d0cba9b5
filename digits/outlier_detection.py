"""Does this look like a digit at all?

Softmax cannot answer "none of them": its ten shares sum to 1 whatever is drawn, and far from all
it has seen a network may well be sure. So two other questions are asked first: what can be seen
from the shape alone, and what a small second network says, which was taught with letters and
scribbles (`python -m scripts.make_detector` trains it).
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from digits.drawing import Pixels, Preparation
from digits.inference import FloatArray

DETECTOR = Path(__file__).parents[1] / "shipped" / "detector.npz"
# Above this the detector is believed; benchmarks.reading.drawn_digits tells the rates it has here.
BELIEVED = 2.0
# A pen put down once is nearly as wide as long; no digit drawn with this brush is.
DOT_WIDTH = 0.6
FAINTEST_PART = 64  # of 255; what is fainter does not join one mark to another
MOST_PARTS = 3
# Marks beside each other with paper between them, each at least so high as a share of the drawing,
# are a number: of 1,152 digits that people wrote none looks so.
DIGIT_HEIGHT = 0.65

# The end of a sentence that is said wherever drawings are read.
NO_ELEVENTH = "it has no way to answer “none of them”."

Reason = Literal["blank", "dot", "number", "parts", "unlike"]

SENTENCES: dict[Reason, str] = {
    "blank": "Nothing is drawn yet.",
    "dot": "This looks like a dot, not like a digit.",
    "number": "These look like several digits side by side; draw one digit at a time.",
    "parts": "These are several separate marks; draw one digit at a time.",
    "unlike": "This does not look like a digit.",
}


@dataclass(frozen=True)
class Doubt:
    """Why a drawing may be no digit: a reason to branch on, and a sentence to show."""

    reason: Reason
    sentence: str


def doubt(preparation: Preparation) -> Doubt | None:
    """Tell whether a drawing is perhaps no digit.

    Args:
        preparation: the drawing, prepared.

    Returns:
        What is strange about it, or None if it may well be a digit.
    """
    reason = _reason(preparation)
    return Doubt(reason, SENTENCES[reason]) if reason else None


def detector_score(images: Pixels) -> FloatArray:
    """How little images look like digits, as logits: above 0 is more likely none.

    Args:
        images: prepared, uint8 [count, 28, 28].

    Returns:
        float32 [count].
    """
    values = images.reshape(len(images), -1) / np.float32(255)
    *hidden, last = detector()
    for kernel, bias in hidden:
        values = np.maximum(values @ kernel + bias, 0)
    return np.asarray((values @ last[0] + last[1])[:, 0], np.float32)


def count_parts(image: Pixels) -> int:
    """Number of separate marks in an image, those that touch at a corner counted as one."""
    height, width = image.shape
    # One large integer with a bit a pixel, and an empty column so that rows do not touch: a mark
    # is filled by a few shifts of all its pixels at once.
    row = width + 1
    spaced = np.zeros((height, row), np.bool_)
    spaced[:, :width] = image > FAINTEST_PART
    left = int.from_bytes(np.packbits(spaced).tobytes())
    parts = 0
    while left:
        mark, grown = 0, left & -left
        while grown != mark:
            mark = grown
            wide = mark | mark << 1 | mark >> 1
            grown = (wide | wide << row | wide >> row) & left
        left ^= mark
        parts += 1
    return parts


def _reason(preparation: Preparation) -> Reason | None:
    if preparation.is_blank:
        return "blank"
    if preparation.stroke_width > DOT_WIDTH:
        return "dot"
    if _is_number(preparation.evened > FAINTEST_PART):
        return "number"
    if count_parts(preparation.image) >= MOST_PARTS:
        return "parts"
    return "unlike" if detector_score(preparation.image[None])[0] > BELIEVED else None


def _is_number(ink: NDArray[np.bool_]) -> bool:
    """Whether a column of paper parts what is drawn into two that are as high as digits."""
    inked = np.asarray(ink.any(axis=0))
    return any(
        min(_height(ink[:, :column]), _height(ink[:, column:])) >= DIGIT_HEIGHT * len(ink)
        for column in np.flatnonzero(inked[:-1] & ~inked[1:]) + 1
    )


def _height(ink: NDArray[np.bool_]) -> int:
    rows = np.flatnonzero(ink.any(axis=1))
    return int(rows[-1] - rows[0]) + 1 if len(rows) else 0


@cache
def detector() -> list[tuple[FloatArray, FloatArray]]:
    """Kernel and bias of each layer of the small network; relu follows all but the last."""
    with np.load(DETECTOR) as file:
        weights = [file[name].astype(np.float32) for name in file.files]
    return list(zip(weights[::2], weights[1::2], strict=True))
