"""What the canvas component sends after a stroke, as seen in a browser: its paths and a picture."""

import base64
import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.reading.drawing_records import BRUSH, CANVAS_SIDE
from digits.dataset import load_test_images
from digits.drawing import Pixels

INK = np.array([255, 255, 255], np.float32)
PAPER = np.array([0x10, 0x16, 0x1D], np.float32)
STROKES = 2
DIGIT_SIDE = round(CANVAS_SIDE * 0.8)
MARGIN = (CANVAS_SIDE - DIGIT_SIDE) // 2
POINTS_OF_A_STROKE = 14


@cache
def drawn_digits(mnist_folder: Path, count: int) -> list[list[str]]:
    """Digits of MNIST's test set as visitors would draw them, in two strokes each.

    Args:
        mnist_folder: where the images are kept.
        count: how many digits.

    Returns:
        For each digit what the canvas sends after its first stroke, the upper half, and after the
        second, which completes it.
    """
    digits = load_test_images(mnist_folder)
    if digits is None:
        raise FileNotFoundError(f"MNIST is not in {mnist_folder}: run `make run` once")
    return [[_message(image, strokes) for strokes in (1, STROKES)] for image in digits[0][:count]]


def _message(image: Pixels, strokes: int) -> str:
    visible = image.copy()
    visible[28 * strokes // STROKES :] = 0
    raw = {
        "version": "7.4.0",
        "objects": [_path(image, stroke) for stroke in range(strokes)],
        "background": "#10161d",
    }
    picture = base64.b64encode(_png(visible)).decode()
    drawing = {"raw": raw, "data": f"data:image/png;base64,{picture}"}
    return json.dumps({"drawing": drawing}, separators=(",", ":"))


def _png(image: Pixels) -> bytes:
    """The canvas with white ink on its dark paper, RGBA [320, 320], as a PNG file."""
    enlarged = Image.fromarray(image).resize((DIGIT_SIDE, DIGIT_SIDE), Image.Resampling.BICUBIC)
    canvas = Image.new("L", (CANVAS_SIDE, CANVAS_SIDE))
    canvas.paste(enlarged, (MARGIN, MARGIN))
    # As sharp as a brush draws: only a pixel or two at the edge of a stroke are grey.
    ink = ((np.asarray(canvas, np.float32)[..., None] / 255 - 0.5) * 8 + 0.5).clip(0, 1)
    colours = (ink * INK + (1 - ink) * PAPER).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(np.dstack([colours, np.full_like(colours[..., :1], 255)])).save(file, "PNG")
    return file.getvalue()


def _path(image: Pixels, stroke: int) -> dict[str, Any]:
    """A path as Fabric.js writes it, through some of the ink of one half of the digit."""
    half = 28 // STROKES
    rows, columns = np.nonzero(image[stroke * half : (stroke + 1) * half] > 128)
    places = np.stack([columns, rows + stroke * half], axis=1)
    ink = MARGIN + (places + 0.5) * DIGIT_SIDE / 28
    chosen = ink[np.linspace(0, len(ink) - 1, POINTS_OF_A_STROKE).astype(int)].tolist()
    (x, y), *rest = chosen if len(places) else [(160.0, 160.0)]
    return {
        **_LOOKS,
        "left": x,
        "top": y,
        "path": [["M", x, y], *(["Q", a, b, a + 0.5, b + 0.5] for a, b in rest)],
    }


_LOOKS: dict[str, Any] = {
    **dict.fromkeys(
        [
            "lockMovementX",
            "lockMovementY",
            "lockRotation",
            "lockScalingX",
            "lockScalingY",
            "lockSkewingX",
            "lockSkewingY",
            "lockScalingFlip",
        ],
        False,
    ),
    "type": "Path",
    "version": "7.4.0",
    "originX": "center",
    "originY": "center",
    "width": 130.0,
    "height": 170.0,
    "fill": None,
    "stroke": "#ffffff",
    "strokeWidth": BRUSH,
    "strokeDashArray": None,
    "strokeLineCap": "round",
    "strokeDashOffset": 0,
    "strokeLineJoin": "round",
    "strokeUniform": False,
    "strokeMiterLimit": 10,
    "scaleX": 1,
    "scaleY": 1,
    "angle": 0,
    "flipX": False,
    "flipY": False,
    "opacity": 1,
    "shadow": None,
    "visible": True,
    "backgroundColor": "",
    "fillRule": "nonzero",
    "paintFirst": "fill",
    "globalCompositeOperation": "source-over",
    "skewX": 0,
    "skewY": 0,
}
