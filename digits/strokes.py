"""The strokes of a drawing, as the canvas sends them beside its picture.

Some browsers give white or noise for the picture of a canvas, so that nobody can be recognised by
it. The strokes are the same in all of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeGuard, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from digits.drawing import Pixels

MOST_STROKES, MOST_COMMANDS, WIDEST = 500, 20_000, 100
FURTHEST = 10_000  # from the corner of the canvas, in pixels
# Numbers that follow each command of a path: to move, a line, a curve by its control point.
_NUMBERS = {"M": 2, "L": 2, "Q": 4}
_PIECES = 4  # lines in place of a curve
# Drawn this much larger and averaged down, as a browser smooths the edges of a stroke.
_SMOOTHING = 3
# A picture is believed where most of a stroke is inked, and not much more than the strokes cover.
_LIGHT, _INKED, _MOST_INK, _GRID = 128, 0.7, 1.5, 4


class Stroke(NamedTuple):
    """A stroke: its width in pixels, and its path as commands like `("Q", x, y, x, y)`."""

    width: float
    path: list[tuple[Any, ...]]


def read_strokes(drawing: object) -> list[Stroke]:
    """The strokes of a drawing as Fabric.js writes it, which a browser may send as it likes.

    Raises:
        ValueError: it is no such drawing, or larger than any that a hand would make.
    """
    objects = drawing.get("objects") if isinstance(drawing, Mapping) else None
    if not isinstance(objects, list) or len(objects) > MOST_STROKES:
        raise ValueError(f"expected at most {MOST_STROKES} strokes")
    strokes = [_read_stroke(each) for each in objects]
    if sum(len(stroke.path) for stroke in strokes) > MOST_COMMANDS:
        raise ValueError(f"expected at most {MOST_COMMANDS} commands in all strokes")
    return strokes


def as_drawing(strokes: Sequence[Stroke], color: str) -> dict[str, Any]:
    """The drawing that Fabric.js makes of strokes; `read_strokes` reads it back."""
    looks = {"type": "Path", "fill": None, "stroke": color, "strokeLineCap": "round"}
    looks["strokeLineJoin"] = "round"
    return {
        "objects": [
            {**looks, "strokeWidth": width, "path": [list(command) for command in path]}
            for width, path in strokes
        ]
    }


def rasterise(strokes: Sequence[Stroke], side: int) -> Pixels:
    """Ink of strokes with round caps and joins, uint8 [side, side], 0 (paper) to 255 (ink)."""
    return rasterise_lines([(_line(stroke), stroke.width) for stroke in strokes], side)


def rasterise_lines(lines: Sequence[tuple[NDArray[np.float64], float]], side: int) -> Pixels:
    """The same for lines: their points [count, 2] and their width."""
    canvas = Image.new("L", (side * _SMOOTHING,) * 2)
    pen = ImageDraw.Draw(canvas)
    for line, width in lines:
        radius = width * _SMOOTHING / 2
        path = [(x, y) for x, y in (line * _SMOOTHING).tolist()]
        pen.line(path, fill=255, width=round(2 * radius))
        for x, y in path:
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(canvas.reduce(_SMOOTHING))


def contradicts(picture: Pixels, strokes: Sequence[Stroke]) -> bool:
    """Whether a picture, RGBA of light ink on dark paper, cannot be one of these strokes.

    Args:
        picture: uint8 [side, side, 4].
        strokes: at least one, in pixels of the picture.
    """
    side = len(picture)
    lines = [np.array([command[-2:] for command in stroke.path]) for stroke in strokes]
    places = np.concatenate(lines)
    within = places[((places >= 0) & (places <= side - 1)).all(axis=1)].round().astype(int)
    if len(within) and _light(picture[within[:, 1], within[:, 0]]) < _INKED:
        return True
    area = sum(
        float(np.hypot(*np.diff(line, axis=0).T).sum()) * stroke.width + stroke.width**2
        for line, stroke in zip(lines, strokes, strict=True)
    )
    return bool(_light(picture[::_GRID, ::_GRID]) > _MOST_INK * area / side**2)


def _light(pixels: Pixels) -> float:
    """Share of RGBA pixels [..., 4] that are light and opaque in all channels."""
    return float((pixels > _LIGHT).all(axis=-1).mean())


def _read_stroke(stroke: object) -> Stroke:
    if not isinstance(stroke, Mapping) or not isinstance(stroke.get("path"), list):
        raise ValueError("expected a stroke with a path")
    width = stroke.get("strokeWidth")
    if not _is_number(width, WIDEST) or width <= 0 or not 0 < len(stroke["path"]) <= MOST_COMMANDS:
        raise ValueError(f"expected a path, and a width above 0 and at most {WIDEST}")
    return Stroke(float(width), [_read_command(command) for command in stroke["path"]])


def _read_command(command: object) -> tuple[Any, ...]:
    if isinstance(command, list) and command and isinstance(command[0], str):
        name, *numbers = command
        if len(numbers) == _NUMBERS.get(name) and all(_is_number(each) for each in numbers):
            return (name, *map(float, numbers))
    raise ValueError("expected a command of a path: M, L or Q with its numbers")


def _is_number(value: object, largest: float = FURTHEST) -> TypeGuard[float]:
    return type(value) in (int, float) and abs(cast(float, value)) <= largest  # no NaN is


def _line(stroke: Stroke) -> NDArray[np.float64]:
    """Points [count, 2] of a stroke, those of its curves included."""
    points: list[tuple[float, float]] = []
    for _, *numbers in stroke.path:
        x, y = numbers[-2:]
        if len(numbers) == 4 and points:
            (x0, y0), (x1, y1) = points[-1], numbers[:2]
            for piece in range(1, _PIECES):
                t = piece / _PIECES
                a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
                points.append((a * x0 + b * x1 + c * x, a * y0 + b * y1 + c * y))
        points.append((x, y))
    return np.array(points)
