"""Drawings that are no digits: letters, scribbles, dots.

Letters come from the Hershey fonts, written by hand-like distortion; these were created by
A. V. Hershey at the U.S. National Bureau of Standards. `scripts.make_detector` trains with some of
them; one font and two kinds of scribbles it never sees, and `benchmarks.reading.drawn_digits`
reports the rates for those.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.reading.drawing_records import Stroke, draw
from digits.drawing import Pixels

LETTERS = Path(__file__).with_name("letters.json")
HELD_OUT_FONT = "scripts"

Random = np.random.Generator
Points = NDArray[np.float64]


def read_glyphs(font: str) -> dict[str, list[Points]]:
    """The strokes of each letter and digit of a font."""
    glyphs = json.loads(LETTERS.read_text())[font]
    return {name: [np.array(line, float) for line in glyph] for name, glyph in glyphs.items()}


def by_hand(glyph: Sequence[Points], rng: Random) -> list[Stroke]:
    """A glyph as if somebody had written it: turned, leaning and wavy."""
    points = np.concatenate(glyph)
    corner, side = points.min(axis=0), max(float(np.ptp(points, axis=0).max()), 1e-6)
    turn = np.eye(2) + rng.normal(0, 0.12, (2, 2))
    phase, height = rng.uniform(0, 2 * np.pi, (3, 2)), rng.normal(0, 0.03, (3, 2))

    def write(line: Points) -> Stroke:
        fine = _densified((line - corner) / side) @ turn.T
        waves = [
            height[k] * np.sin((k + 1) * 2.5 * fine[:, ::-1] + phase[k]) for k in range(len(phase))
        ]
        return list((fine + sum(waves)).tolist())

    return [write(line) for line in glyph]


def tangle(rng: Random) -> list[Stroke]:
    """A smooth line that wanders about."""
    corners = rng.uniform(0, 1, (rng.integers(8, 18), 2))
    line = _densified(corners, 0.05)
    window = np.ones(9) / 9
    return [np.transpose([np.convolve(axis, window, "valid") for axis in line.T]).tolist()]


def zigzag(rng: Random) -> list[Stroke]:
    """Up and down, or to and fro."""
    count = int(rng.integers(6, 14))
    along = np.linspace(0, 1, count) + rng.normal(0, 0.04, count)
    across = np.arange(count) % 2 * rng.uniform(0.3, 1) + rng.normal(0, 0.08, count)
    return [np.stack([along, across], 1)[:, :: rng.choice([-1, 1])].tolist()]


def spiral(rng: Random) -> list[Stroke]:
    """Round and round."""
    angle = np.linspace(0, 2 * np.pi * rng.uniform(2.2, 5), 150)
    radius = np.linspace(rng.uniform(0.05, 0.6), 1, 150)
    drift = rng.uniform(0, 0.1) * angle
    return [np.stack([radius * np.cos(angle) + drift, radius * np.sin(angle)], 1).tolist()]


def jagged(rng: Random) -> list[Stroke]:
    """Straight lines from one random place to the next."""
    return [rng.uniform(0, 1, (rng.integers(7, 15), 2)).tolist()]


def ring(rng: Random) -> list[Stroke]:
    """A zero as people draw it: wide or narrow, not quite closed or closed twice over."""
    start, gap = rng.uniform(-0.5, 1.5) * np.pi, rng.uniform(-0.25, 0.12) * np.pi
    angle = np.linspace(start, start + 2 * np.pi - 2 * gap, 60) * rng.choice([-1, 1])
    radius = 1 + np.linspace(-1, 1, 60) * rng.uniform(-0.12, 0.12)
    width, lean = rng.uniform(0.45, 1.15), rng.uniform(-0.3, 0.3)
    rows = radius * np.sin(angle)
    return [np.stack([width * radius * np.cos(angle) - lean * rows, rows], 1).tolist()]


def bow(rng: Random) -> list[Stroke]:
    """A figure of Lissajous: loops within loops."""
    time = np.linspace(0, 2 * np.pi, 150)
    frequency, phase = rng.integers(1, 5, (2, 1)), rng.uniform(0, 2 * np.pi, (2, 1))
    if frequency.max() < 3:
        frequency[0] += 2
    return [np.sin(frequency * time + phase).T.tolist()]


def hatching(rng: Random) -> list[Stroke]:
    """Several straight strokes over each other."""
    return [rng.uniform(0, 1, (2, 2)).tolist() for _ in range(rng.integers(6, 11))]


def coil(rng: Random) -> list[Stroke]:
    """Loops in a row, as when a pen is tried out."""
    angle = np.linspace(0, 2 * np.pi * rng.integers(3, 6), 150)
    advance, width = rng.uniform(0.06, 0.2), rng.uniform(0.6, 1.4)
    return [np.stack([advance * angle + width * np.cos(angle), np.sin(angle)], 1).tolist()]


def dot(rng: Random) -> list[Stroke]:
    """The pen put down once."""
    return [(rng.uniform(0, 0.01, (2, 2))).tolist()]


def dots(rng: Random) -> list[Stroke]:
    """The pen put down in several places."""
    centers = rng.uniform(0, 1, (rng.integers(3, 9), 1, 2))
    return list((centers + rng.normal(0, 0.01, (len(centers), 2, 2))).tolist())


TAUGHT_SCRIBBLES = (tangle, zigzag, spiral, jagged, bow)
HELD_OUT_SCRIBBLES = (hatching, coil)


def held_out(count: int, rng: Random) -> dict[str, list[Pixels]]:
    """Drawings of each kind that the detector was not trained on, RGBA canvases by kind."""
    glyphs = read_glyphs(HELD_OUT_FONT)
    letters = [glyph for name, glyph in glyphs.items() if name.isalpha()]

    def many(make: Callable[[Random], list[Stroke]], brush: float = 18) -> list[Pixels]:
        return [draw(make(rng), rng, brush) for _ in range(count)]

    return {
        "blanks": [np.zeros((320, 320, 4), np.uint8) for _ in range(count)],
        "dots": [_dot_canvas(rng) for _ in range(count)],
        "several dots": many(dots),
        "scribbles": [draw(HELD_OUT_SCRIBBLES[index % 2](rng), rng) for index in range(count)],
        "letters": many(lambda rng: by_hand(letters[rng.integers(len(letters))], rng)),
    }


def _dot_canvas(rng: Random) -> Pixels:
    rows, columns = np.indices((320, 320)) - rng.uniform(20, 300, (2, 1, 1))
    canvas = np.zeros((320, 320, 4), np.uint8)
    canvas[..., 3] = (255 * (rng.uniform(5, 16) - np.hypot(rows, columns)).clip(0, 1)).astype(int)
    return canvas


def _densified(line: Points, step: float = 0.04) -> Points:
    """The same line with points at most `step` apart."""
    lengths = np.hypot(*np.diff(line, axis=0).T)
    along = np.concatenate([[0], np.cumsum(lengths)])
    distances = np.linspace(0, along[-1], max(2, int(along[-1] / step)))
    return np.stack([np.interp(distances, along, axis) for axis in line.T], axis=1)
