"""From what a visitor drew to the 28x28 image that the network expects, one step after another.

MNIST was made by one recipe: each digit cropped, fitted into 20x20 pixels with its proportions
kept, and placed in 28x28 with its centre of mass in the middle. A drawing has to go the same way.
Source: http://yann.lecun.com/exdb/mnist, "The images were centered in a 28x28 image by computing
the center of mass".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from digits.inference import FloatArray
from digits.resizing import fit, resize
from digits.stroke_width import even_strokes

Pixels = NDArray[np.uint8]

IMAGE_SIDE = 28
FITTED_SIDE = 20
# Less contrast than this (of 255) is no ink: a canvas that looks blank is blank.
FAINTEST_INK = 24
# Less than this share of the darkest ink is what a soft brush leaves around its stroke.
INK = 0.25
# A pen put down once is at most so many times as long as its stroke is wide; of 1,152 digits that
# people wrote no separate part is so short.
DOT = 2.0
# What lies half way between two bytes, as half covered pixels do, goes up, wherever it is computed:
# products of matrices differ in the last bit from one processor to the next, and from the page's.
UPWARDS = 1e-4


@dataclass(frozen=True)
class Preparation:
    """A drawing on its way to the network; all images are uint8, 0 (paper) to 255 (ink).

    Attributes:
        ink: what was drawn, [height, width] of the canvas.
        crop: the part of it that has ink, without a stray dot, [height, width].
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

    @property
    def squeezed(self) -> Pixels:
        """The whole canvas shrunk to [28, 28], as `squeeze` does it."""
        return _squeezed(self.ink)


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
    contrast = _contrast(pixels)
    shares = _shares_of_ink(contrast)
    ink = _to_bytes(shares).take(contrast)
    # Only the part that has ink is worth the fractions; most of a canvas is paper.
    crop = shares[contrast[_rectangle((shares > INK).take(contrast))]]
    if not crop.size:
        return _blank(ink)
    width, working, evened = even_strokes(crop)
    rest = _without_dot(crop, width * max(crop.shape))
    if rest is not crop:
        crop = rest
        width, working, evened = even_strokes(crop)
    # Ink may be so sparse that it fades in the smaller picture; then all of that is taken.
    evened = evened_crop if (evened_crop := evened[_rectangle(evened > INK)]).size else working
    fitted = _empty(FITTED_SIDE)
    scaled = resize(evened, *fit(evened.shape, FITTED_SIDE))
    top, left = ((FITTED_SIDE - side) // 2 for side in scaled.shape)
    fitted[top : top + scaled.shape[0], left : left + scaled.shape[1]] = scaled
    return Preparation(
        ink=ink,
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
    return _squeezed(_to_bytes(find_ink(pixels)))


def find_ink(pixels: Pixels) -> FloatArray:
    """How much ink each pixel has: its contrast with the edge of the canvas.

    Args:
        pixels: as for `prepare`.

    Returns:
        float32 [height, width], 0 (paper) to 1 (the darkest ink); all 0 where nothing stands out.
    """
    contrast = _contrast(pixels)
    return _shares_of_ink(contrast).take(contrast)


def _contrast(pixels: Pixels) -> Pixels:
    """How far each pixel, [height, width], is from the edge of the canvas in any channel."""
    if pixels.ndim not in (2, 3) or (pixels.ndim == 3 and not 1 <= pixels.shape[2] <= 4):
        raise ValueError(f"expected [height, width] or 1 to 4 channels, not {pixels.shape}")
    channels = pixels if pixels.ndim == 3 else pixels[:, :, None]
    height, width, depth = channels.shape
    if not channels.size:
        return np.zeros((height, width), np.uint8)
    if depth in (2, 4) and channels[:, :, -1].min() < 255:
        channels = _without_hidden_colours(channels)
    edge = np.concatenate([channels[0], channels[-1], channels[:, 0], channels[:, -1]])
    # In one row of all channels, as whole rows are subtracted in a tenth of the time.
    paper = np.tile(_median(edge), width)
    rows = channels.reshape(height, width * depth)
    contrast = np.maximum(rows, paper) - np.minimum(rows, paper)
    parts = (contrast[:, channel::depth] for channel in range(depth))
    return np.asarray(reduce(np.maximum, parts), np.uint8)


def _without_hidden_colours(channels: Pixels) -> Pixels:
    """The same with the colours of what is transparent taken away, as nobody sees them."""
    opacity = channels[:, :, -1:].astype(np.uint16)
    colours = channels[:, :, :-1] * opacity // 255
    return np.concatenate([colours, opacity], axis=2).astype(np.uint8)


def _median(values: Pixels) -> Pixels:
    """Median of [count, channels], rounded down; many times as fast as NumPy's for so few."""
    ordered = np.sort(values, axis=0).astype(np.uint16)
    middle = ordered[(len(values) - 1) // 2] + ordered[len(values) // 2]
    return np.asarray(middle // 2, np.uint8)


def _shares_of_ink(contrast: Pixels) -> FloatArray:
    """Which share of the darkest ink each contrast stands for, [256]."""
    strongest = int(contrast.max(initial=0))
    if strongest < FAINTEST_INK:
        return np.zeros(256, np.float32)
    return np.arange(256, dtype=np.float32) / np.float32(strongest)


def _rectangle(seen: NDArray[np.bool_]) -> tuple[slice, slice]:
    """The smallest rectangle that holds all that is seen; empty if nothing is."""
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not len(rows):
        return slice(0, 0), slice(0, 0)
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _without_dot(crop: FloatArray, width: float) -> FloatArray:
    """What is left of a crop without the one dot beside it, if there is one.

    Args:
        crop: ink, 0 to 1.
        width: of its strokes, in pixels.

    Returns:
        The very same array if there is no dot; or if there are several, for then they may be what
        the digit is made of.
    """
    rest = _beside_a_dot(crop, width)
    if rest is None or max(rest.shape) <= DOT * width or _beside_a_dot(rest, width) is not None:
        return crop
    return rest


def _beside_a_dot(crop: FloatArray, width: float) -> FloatArray | None:
    """What lies on the other side of the paper beside a dot."""
    for parts in _parted(crop, width):
        one, other = (part[_rectangle(part > INK)] for part in parts)
        dot, rest = (one, other) if max(one.shape) < max(other.shape) else (other, one)
        if max(dot.shape) <= DOT * width:
            return rest
    return None


def _parted(crop: FloatArray, width: float) -> Iterator[list[FloatArray]]:
    """The two sides of each strip of paper across that is half as wide as a stroke or wider."""
    seen = crop > INK
    for axis in range(2):
        inked = np.flatnonzero(seen.any(axis=1 - axis))
        for last in inked[:-1][np.diff(inked) > width / 2 + 1]:
            yield np.split(crop, [last + 1], axis)


def _squeezed(ink: Pixels) -> Pixels:
    if not ink.size:
        return _to_bytes(_empty(IMAGE_SIDE))
    shares = np.divide(ink, 255, dtype=np.float32)
    return _to_bytes(resize(shares, IMAGE_SIDE, IMAGE_SIDE))


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


def _blank(ink: Pixels) -> Preparation:
    nothing = _to_bytes(_empty(FITTED_SIDE))
    image = _to_bytes(_empty(IMAGE_SIDE))
    return Preparation(ink, nothing, nothing, nothing, image, 0.0, is_blank=True)


def _empty(side: int) -> FloatArray:
    return np.zeros((side, side), np.float32)


def _to_bytes(image: FloatArray) -> Pixels:
    return np.asarray((image * 255 + UPWARDS).round().clip(0, 255), np.uint8)
