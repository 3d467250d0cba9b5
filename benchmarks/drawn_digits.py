"""How well the recipes read digits that people drew.

    python -m benchmarks.drawn_digits --strokes FILE --json FILE

Each stroke record is drawn with the canvas' brush at a random size and place, prepared as the page
prepares it, and read by the network. A record is one JSON object a line: `label`, `writer`, and
`strokes`, a list of pen-downs, each a list of [x, y] with y downwards. The file may be gzipped.
"""

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from digits.drawing import Pixels

CANVAS_SIDE = 320
BRUSH = 18
# Drawn this much larger and averaged down, as a browser smooths the edges of a stroke.
SMOOTHING = 3
SMALLEST, LARGEST = 0.25, 0.85
RESAMPLES = 2000


class Record(NamedTuple):
    """A digit that somebody wrote: its label, who wrote it, and where the pen went."""

    label: int
    writer: str
    strokes: list[list[list[float]]]


@dataclass(frozen=True)
class Score:
    """How well drawn digits were read; all shares lie between 0 and 1.

    Attributes:
        accuracy: over all digits.
        writer_mean: mean of the accuracy of each writer.
        interval: 95% interval of the writer mean.
        per_class: accuracy of each digit, 0 to 9.
        confusions: the commonest mistakes: what it was, what it was read as, how often.
    """

    accuracy: float
    writer_mean: float
    interval: tuple[float, float]
    per_class: list[float]
    confusions: list[tuple[int, int, int]]


def read_records(path: Path) -> list[Record]:
    """Read stroke records from JSON lines, gzipped or not."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw).decode()
    lines = (json.loads(line) for line in text.splitlines() if line.strip())
    return [Record(int(line["label"]), str(line["writer"]), line["strokes"]) for line in lines]


def draw(
    strokes: Sequence[Sequence[Sequence[float]]], rng: np.random.Generator, brush: float = BRUSH
) -> Pixels:
    """Draw strokes on a transparent canvas with a round black brush, at a random size and place.

    Args:
        strokes: pen-downs, each a list of [x, y].
        rng: decides the size, 25 to 85% of the canvas, and the place.
        brush: diameter in pixels of the canvas.

    Returns:
        RGBA pixels [320, 320, 4].
    """
    lines = [np.reshape(np.asarray(stroke, float), (-1, 2)) for stroke in strokes if len(stroke)]
    points = np.concatenate(lines)
    corner, extent = points.min(axis=0), np.ptp(points, axis=0)
    scale = rng.uniform(SMALLEST, LARGEST) * CANVAS_SIDE / max(extent.max(), 1e-6)
    room = CANVAS_SIDE - brush - extent * scale
    place = brush / 2 + rng.uniform(size=2) * room.clip(0)
    ink = rasterise([(line - corner) * scale + place for line in lines], brush)
    return np.dstack([np.zeros((*ink.shape, 3), np.uint8), ink])


def rasterise(lines: Sequence[NDArray[np.float64]], brush: float) -> Pixels:
    """Ink of lines through points [count, 2] with round caps and joins, uint8 [320, 320]."""
    canvas = Image.new("L", (CANVAS_SIDE * SMOOTHING,) * 2)
    pen = ImageDraw.Draw(canvas)
    radius = brush * SMOOTHING / 2
    for line in lines:
        path = [(x, y) for x, y in (line * SMOOTHING).tolist()]
        pen.line(path, fill=255, width=round(2 * radius))
        for x, y in path:
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(canvas.reduce(SMOOTHING))


def score(records: Sequence[Record], predictions: NDArray[np.integer[Any]]) -> Score:
    """Compare predictions [count] with the labels of the records."""
    labels = np.array([record.label for record in records])
    writers = np.array([record.writer for record in records])
    right = predictions == labels
    by_writer = np.array([right[writers == writer].mean() for writer in np.unique(writers)])
    wrong = Counter(zip(labels[~right].tolist(), predictions[~right].tolist(), strict=True))
    return Score(
        float(right.mean()),
        float(by_writer.mean()),
        bootstrap_interval(by_writer),
        [float(right[labels == digit].mean()) for digit in range(10) if (labels == digit).any()],
        [(was, read, count) for (was, read), count in wrong.most_common(8)],
    )


def bootstrap_interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """95% interval of the mean: percentile bootstrap, Efron 1979."""
    rng = np.random.default_rng(0)
    means = rng.choice(values, (RESAMPLES, len(values))).mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)
