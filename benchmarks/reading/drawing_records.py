"""Records of strokes, and how they look when drawn on the page's canvas."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digits.drawing import Pixels
from digits.strokes import rasterise_lines

CANVAS_SIDE = 320
BRUSH = 18
SMALLEST, LARGEST = 0.25, 0.85

Stroke = list[list[float]]


class Record(NamedTuple):
    """A digit that somebody wrote: its label, who wrote it, and where the pen went."""

    label: int
    writer: str
    strokes: list[Stroke]


def read_records(path: Path) -> list[Record]:
    """Read stroke records from JSON lines, gzipped or not."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw).decode()
    lines = (json.loads(line) for line in text.splitlines() if line.strip())
    return [Record(int(line["label"]), str(line["writer"]), line["strokes"]) for line in lines]


def draw(strokes: Sequence[Stroke], rng: np.random.Generator, brush: float = BRUSH) -> Pixels:
    """Draw strokes on a transparent canvas with a round black brush, at a random size and place.

    Args:
        strokes: pen-downs, each a list of [x, y].
        rng: decides the size, 25 to 85% of the canvas, and the place.
        brush: diameter in pixels of the canvas.

    Returns:
        RGBA pixels [320, 320, 4].
    """
    ink = rasterise(placed(strokes, rng, brush), brush)
    return np.dstack([np.zeros((*ink.shape, 3), np.uint8), ink])


def placed(
    strokes: Sequence[Stroke], rng: np.random.Generator, brush: float = BRUSH
) -> list[NDArray[np.float64]]:
    """Where the strokes go on the canvas: points [count, 2] of each; arguments as for `draw`."""
    lines = [np.reshape(np.asarray(stroke, float), (-1, 2)) for stroke in strokes if len(stroke)]
    points = np.concatenate(lines)
    corner, extent = points.min(axis=0), np.ptp(points, axis=0)
    scale = rng.uniform(SMALLEST, LARGEST) * CANVAS_SIDE / max(extent.max(), 1e-6)
    room = CANVAS_SIDE - brush - extent * scale
    place = brush / 2 + rng.uniform(size=2) * room.clip(0)
    return [(line - corner) * scale + place for line in lines]


def rasterise(lines: Sequence[NDArray[np.float64]], brush: float) -> Pixels:
    """Ink of lines through points [count, 2] with round caps and joins, uint8 [320, 320]."""
    return rasterise_lines([(line, brush) for line in lines], CANVAS_SIDE)
