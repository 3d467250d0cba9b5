"""Ways of writing that MNIST hardly has, drawn onto its own images.

MNIST was written in the United States. Elsewhere many people cross the seven and write the one
with an upstroke, a foot or both, and programmers and engineers slash the zero.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from digits.inference import FloatArray

SIDE = 28
GRID = np.indices((SIDE, SIDE)).astype(np.float32)


def add_variants(images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Write a share of the zeros, ones and sevens in the way that MNIST lacks.

    Args:
        images: uint8 [count, 28, 28], centred by mass.
        labels: uint8 [count].

    Returns:
        A copy, always with the same images changed in the same way.
    """
    rng = np.random.default_rng(0)
    images = images.copy()
    for digit, share, lines in (
        (0, 0.08, _slash),
        (1, 0.4, _upstroke_and_foot),
        (5, 0.1, _long_bar),
        (7, 0.25, _crossbar),
        (9, 0.1, _hook),
    ):
        chosen = np.flatnonzero((labels == digit) & (rng.random(len(labels)) < share))
        for index in chosen:
            images[index] = _centred(_with_lines(images[index], lines(images[index], rng), rng))
    lying = np.flatnonzero((labels == 1) & (rng.random(len(labels)) < 0.04))
    images[lying] = np.rot90(images[lying], axes=(1, 2))
    return images


Point = tuple[float, float]
Line = tuple[Point, Point]


def _box(image: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """Top, bottom, left and right of what is drawn."""
    seen = image > 64
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    return rows[0], rows[-1], columns[0], columns[-1]


def _column(image: NDArray[np.uint8], row: int) -> float:
    """Where the stroke crosses a row."""
    return float(np.average(np.arange(SIDE), weights=image[row].astype(float) + 1e-6))


def _slash(image: NDArray[np.uint8], rng: np.random.Generator) -> list[Line]:
    top, bottom, left, right = _box(image)
    inset = rng.uniform(-0.15, 0.25, 2) * [bottom - top, right - left]
    return [((bottom - inset[0], left + inset[1]), (top + inset[0], right - inset[1]))]


def _upstroke_and_foot(image: NDArray[np.uint8], rng: np.random.Generator) -> list[Line]:
    top, bottom, _, _ = _box(image)
    height = bottom - top
    lines: list[Line] = []
    kind = rng.random()
    if kind < 0.75:
        tip = (top + 1.0, _column(image, top + 1))
        length, angle = rng.uniform(0.2, 0.65) * height, np.deg2rad(rng.uniform(8, 65))
        lines.append((tip, (tip[0] + length * np.sin(angle), tip[1] - length * np.cos(angle))))
    if kind > 0.45:
        foot, tilt = (bottom - 1.0, _column(image, bottom - 1)), rng.uniform(-1, 1)
        half = rng.uniform(0.15, 0.35, 2) * height
        lines.append(((foot[0] + tilt, foot[1] - half[0]), (foot[0] - tilt, foot[1] + half[1])))
    return lines


def _crossbar(image: NDArray[np.uint8], rng: np.random.Generator) -> list[Line]:
    top, bottom, _, _ = _box(image)
    row = top + rng.uniform(0.4, 0.65) * (bottom - top)
    middle, tilt = _column(image, round(row)), rng.uniform(-1.5, 1)
    half = rng.uniform(0.15, 0.35, 2) * (bottom - top)
    return [((row - tilt, middle - half[0]), (row + tilt, middle + half[1]))]


def _long_bar(image: NDArray[np.uint8], rng: np.random.Generator) -> list[Line]:
    top, bottom, _, _ = _box(image)
    upper = np.flatnonzero((image[top : (top + bottom) // 2] > 64).any(axis=0))
    corner = float(upper[0])
    row = _highest(image, int(corner), int(corner) + 3)[0]
    reach, tilt = rng.uniform(0.1, 0.35) * (bottom - top), rng.uniform(-1, 1)
    return [((row, corner + 1), (row + tilt, corner - reach))]


def _hook(image: NDArray[np.uint8], rng: np.random.Generator) -> list[Line]:
    top, bottom, _, _ = _box(image)
    tip = np.array([bottom - 1.0, _column(image, bottom - 1)])
    radius = rng.uniform(0.15, 0.35) * (bottom - top)
    turn = np.linspace(0, np.deg2rad(rng.uniform(60, 150)), 4)[:, None]
    arc = tip + radius * np.hstack([np.sin(turn) * rng.uniform(0.3, 1), np.cos(turn) - 1])
    points = [(float(row), float(column)) for row, column in arc]
    return list(pairwise(points))


def _highest(image: NDArray[np.uint8], left: int, right: int) -> Point:
    """The highest point of the ink between two columns."""
    part = image[:, left:right] > 64
    rows = np.flatnonzero(part.any(axis=1))
    row = rows[0] if len(rows) else SIDE // 2
    return float(row), left + float(np.flatnonzero(part[row]).mean() if len(rows) else 0)


def _with_lines(
    image: NDArray[np.uint8], lines: list[Line], rng: np.random.Generator
) -> FloatArray:
    """The image with lines as wide as a pen's, about 2 of 28 pixels."""
    drawn = image.astype(np.float32)
    for start, end in lines:
        along = np.subtract(end, start)
        offset = GRID - np.reshape(start, (2, 1, 1))
        place = (np.tensordot(along, offset, 1) / max(along @ along, 1e-6)).clip(0, 1)
        distance = np.hypot(*(offset - along.reshape(2, 1, 1) * place))
        drawn = np.maximum(drawn, 255 * (rng.uniform(0.8, 1.4) + 0.5 - distance).clip(0, 1))
    return np.asarray(drawn, np.float32)


def _centred(image: FloatArray) -> NDArray[np.uint8]:
    """Bring the centre of mass back to the middle."""
    middle = (GRID * image).sum(axis=(1, 2)) / image.sum()
    shift = np.round((SIDE - 1) / 2 - middle).astype(int)
    return np.roll(image, shift, axis=(0, 1)).astype(np.uint8)
