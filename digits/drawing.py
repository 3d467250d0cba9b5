"""From what a visitor drew to the 28x28 image that the network expects, one step after another.

MNIST was made by one recipe: each digit cropped, fitted into 20x20 pixels with its proportions
kept, and placed in 28x28 with its centre of mass in the middle. A drawing has to go the same way.
Source: http://yann.lecun.com/exdb/mnist, "The images were centered in a 28x28 image by computing
the center of mass".
"""

from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from digits.inference import FloatArray

Pixels = NDArray[np.uint8]

IMAGE_SIDE = 28
FITTED_SIDE = 20
# Strokes are evened out at this size: 6 pixels for each of the 20 that the digit will have.
WORKING_SIDE = 120
# Width of a stroke as a share of the longer side of the digit, as it is in most of MNIST.
THINNEST, BOLDEST = 0.09, 0.15
# Less contrast than this (of 255) is no ink: a canvas that looks blank is blank.
FAINTEST_INK = 24


@dataclass(frozen=True)
class Preparation:
    """A drawing on its way to the network; all images are uint8, 0 (paper) to 255 (ink).

    Attributes:
        ink: what was drawn, [height, width] of the canvas.
        crop: the part of it that has ink, [height, width].
        evened: the same with strokes as wide as MNIST's, longer side 120 or less.
        fitted: scaled into 20x20 with its proportions kept, [20, 20].
        image: placed by its centre of mass in [28, 28], which is what the network sees.
        stroke_width: width of the strokes as drawn, as a share of the longer side of the crop.
        is_blank: nothing was drawn; then `image` is empty too.
    """

    ink: Pixels
    crop: Pixels
    evened: Pixels
    fitted: Pixels
    image: Pixels
    stroke_width: float
    is_blank: bool


def prepare(pixels: Pixels) -> Preparation:
    """Prepare a drawing as the images of MNIST were prepared.

    Args:
        pixels: uint8 [height, width], or with 1 to 4 channels (grey, grey and alpha, RGB, RGBA).
            Ink is what differs from the edge of the canvas, in colour or in opacity.

    Returns:
        Every step, also for a blank canvas or one that is full.

    Raises:
        ValueError: the array has other axes than these.
    """
    ink = find_ink(pixels)
    crop = _crop(ink)
    if not crop.size:
        return _blank(ink)
    working = resize(crop, *_fit(crop.shape, WORKING_SIDE))
    width, evened = _even_strokes(working)
    # Ink may be so sparse that it fades in the smaller picture; then all of that is taken.
    evened = evened_crop if (evened_crop := _crop(evened)).size else working
    fitted = _empty(FITTED_SIDE)
    scaled = resize(evened, *_fit(evened.shape, FITTED_SIDE))
    top, left = ((FITTED_SIDE - side) // 2 for side in scaled.shape)
    fitted[top : top + scaled.shape[0], left : left + scaled.shape[1]] = scaled
    return Preparation(
        ink=_to_bytes(ink),
        crop=_to_bytes(crop),
        evened=_to_bytes(evened),
        fitted=_to_bytes(fitted),
        image=_to_bytes(_centre(scaled)),
        stroke_width=width,
        is_blank=False,
    )


def squeeze(pixels: Pixels) -> Pixels:
    """Shrink the whole canvas to 28x28, which is what most demos do and why they misread.

    Args:
        pixels: as for `prepare`.

    Returns:
        uint8 [28, 28], 0 (paper) to 255 (ink).
    """
    ink = find_ink(pixels)
    return _to_bytes(resize(ink, IMAGE_SIDE, IMAGE_SIDE) if ink.size else _empty(IMAGE_SIDE))


def find_ink(pixels: Pixels) -> FloatArray:
    """How much ink each pixel has: its contrast with the edge of the canvas.

    Args:
        pixels: as for `prepare`.

    Returns:
        float32 [height, width], 0 (paper) to 1 (the darkest ink); all 0 where nothing stands out.
    """
    if pixels.ndim not in (2, 3) or (pixels.ndim == 3 and not 1 <= pixels.shape[2] <= 4):
        raise ValueError(f"expected [height, width] or 1 to 4 channels, not {pixels.shape}")
    channels = np.asarray(pixels if pixels.ndim == 3 else pixels[:, :, None], np.int32)
    if not channels.size:
        return np.zeros(pixels.shape[:2], np.float32)
    opacity = channels[:, :, -1:]
    if channels.shape[2] in (2, 4) and opacity.min() < 255:
        # The colour of what is transparent is not seen.
        channels = np.concatenate([channels[:, :, :-1] * opacity // 255, opacity], axis=2)
    edge = np.concatenate([channels[0], channels[-1], channels[:, 0], channels[:, -1]])
    paper = np.median(edge, axis=0).astype(np.int32)
    contrast = reduce(np.maximum, (np.abs(channels[:, :, i] - paper[i]) for i in range(len(paper))))
    strongest = contrast.max()
    if strongest < FAINTEST_INK:
        return np.zeros(contrast.shape, np.float32)
    return np.asarray(contrast / np.float32(strongest), np.float32)


def resize(image: FloatArray, height: int, width: int) -> FloatArray:
    """Scale an image; each new pixel is the mean over the area that it covers.

    Args:
        image: [any height, any width], neither of them 0.
        height: of the result, at least 1.
        width: of the result, at least 1.
    """
    rows, columns = _coverage(image.shape[0], height), _coverage(image.shape[1], width)
    return np.asarray(rows @ image @ columns.T, np.float32)


def _coverage(old: int, new: int) -> FloatArray:
    """[new, old]: the share that each old pixel has in each new one."""
    edges = np.linspace(0, old, new + 1)[:, None]
    pixels = np.arange(old)
    overlap = np.minimum(edges[1:], pixels + 1) - np.maximum(edges[:-1], pixels)
    return np.asarray(overlap.clip(0) * new / old, np.float32)


def _fit(shape: tuple[int, ...], side: int) -> tuple[int, int]:
    """Height and width of the same proportions, the longer one `side`."""
    height, width = (max(1, round(length * side / max(shape))) for length in shape)
    return height, width


def _crop(ink: FloatArray) -> FloatArray:
    """The smallest rectangle that holds all ink worth the name; empty if there is none."""
    seen = ink > 0.25
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not len(rows):
        return ink[:0, :0]
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _even_strokes(ink: FloatArray) -> tuple[float, FloatArray]:
    """The strokes' width as a share of the longer side, and strokes within what MNIST has.

    A round brush draws all points within its radius of a line, so strokes of another width are
    the points within another distance of their edge.
    """
    margin = round(BOLDEST * WORKING_SIDE / 2) + 2
    padded = np.pad(ink, margin) > 0.5
    inside = _distance(padded, max(padded.shape))
    # The mean distance to the edge of a long stroke is a quarter of its width.
    width = 4 * float(inside[padded].mean()) if padded.any() else 1.0
    side = max(ink.shape)
    share = float(np.clip(width / side, THINNEST, BOLDEST))
    if share == width / side:
        return share, ink
    # What is taken off the strokes comes off the size of the digit too.
    target = share * (side - width) / (1 - share)
    signed = np.where(padded, inside, -_distance(~padded, margin))
    evened = (signed + (target - width) / 2 + 0.5).clip(0, 1)
    return width / side, evened if evened.max() > 0.5 else np.asarray(padded, np.float32)


def _distance(inside: NDArray[np.bool_], reach: int) -> FloatArray:
    """Distance in pixels from each point that is inside to the edge; 0 outside.

    What is further away than `reach` may come out too far. Columns first, then rows, as squared
    distances add up: P. Felzenszwalb and D. Huttenlocher, Distance Transforms of Sampled
    Functions, 2012.
    """
    height, width = inside.shape
    far = np.float32(height + width)
    steps = np.arange(height, dtype=np.float32)[:, None]
    above = steps - np.maximum.accumulate(np.where(inside, -far, steps))
    below = np.minimum.accumulate(np.where(inside, 2 * far, steps)[::-1])[::-1] - steps
    squares = np.minimum(above, below) ** 2
    nearest = squares.copy()
    for shift in range(1, min(width, reach + 1, int(np.sqrt(squares.max())) + 2)):
        np.minimum(nearest[:, shift:], squares[:, :-shift] + shift**2, out=nearest[:, shift:])
        np.minimum(nearest[:, :-shift], squares[:, shift:] + shift**2, out=nearest[:, :-shift])
    return np.asarray(np.where(inside, np.sqrt(nearest) - 0.5, 0), np.float32)


def _centre(scaled: FloatArray) -> FloatArray:
    """Place an image of at most 20x20 in 28x28, its centre of mass as near the middle as may be."""
    image = _empty(IMAGE_SIDE)
    corner = []
    for axis, length in enumerate(scaled.shape):
        mass = scaled.sum(axis=1 - axis)
        middle = float(mass @ (np.arange(length) + 0.5) / max(mass.sum(), 1e-6))
        corner.append(int(np.clip(round(IMAGE_SIDE / 2 - middle), 0, IMAGE_SIDE - length)))
    image[corner[0] : corner[0] + scaled.shape[0], corner[1] : corner[1] + scaled.shape[1]] = scaled
    return image


def _blank(ink: FloatArray) -> Preparation:
    nothing = _to_bytes(_empty(FITTED_SIDE))
    image = _to_bytes(_empty(IMAGE_SIDE))
    return Preparation(_to_bytes(ink), nothing, nothing, nothing, image, 0.0, is_blank=True)


def _empty(side: int) -> FloatArray:
    return np.zeros((side, side), np.float32)


def _to_bytes(image: FloatArray) -> Pixels:
    return np.asarray((image * 255).round().clip(0, 255), np.uint8)
