"""Strokes of any width made as wide as those of MNIST."""

import numpy as np
from numpy.typing import NDArray

from digits.inference import FloatArray
from digits.resizing import fit, resize

# Strokes are evened out at this size: 6 pixels for each of the 20 that the digit will have.
WORKING_SIDE = 120
# Width of a stroke as a share of the longer side of the digit, as it is in most of MNIST.
THINNEST, BOLDEST = 0.09, 0.15
# Squares of larger distances would not fit into 16 bits; no stroke of WORKING_SIDE reaches as far.
FURTHEST = np.int16(180)


def even_strokes(crop: FloatArray) -> tuple[float, FloatArray, FloatArray]:
    """Make strokes as wide as those of MNIST, if they are not.

    A round brush draws all points within its radius of a line, so strokes of another width are
    the points within another distance of their edge.

    Args:
        crop: ink, 0 to 1, [height, width] without paper around it.

    Returns:
        The strokes' width as a share of the longer side, the crop at the working size, and the
        same with strokes of another width.
    """
    ink = resize(crop, *fit(crop.shape, WORKING_SIDE))
    margin = round(BOLDEST * WORKING_SIDE / 2) + 2
    height, width = ink.shape
    padded = np.zeros((height + 2 * margin, width + 2 * margin), np.bool_)
    padded[margin : margin + height, margin : margin + width] = ink > 0.5
    inside = _distance(padded, max(padded.shape))
    # The mean distance to the edge of a long stroke is a quarter of its width.
    width = 4 * float(inside[padded].mean()) if padded.any() else 1.0
    side = max(ink.shape)
    share = float(np.clip(width / side, THINNEST, BOLDEST))
    if share == width / side:
        return share, ink, ink
    # What is taken off the strokes comes off the size of the digit too.
    target = share * (side - width) / (1 - share)
    signed = np.where(padded, inside, -_distance(~padded, margin))
    evened = (signed + (target - width) / 2 + 0.5).clip(0, 1)
    if evened.max() <= 0.5:
        evened = np.asarray(padded, np.float32)
    return width / side, ink, evened


def _distance(inside: NDArray[np.bool_], reach: int) -> FloatArray:
    """Distance in pixels from each point that is inside to the edge; 0 outside.

    What is further away than `reach` may come out too far. Columns first, then rows, as squared
    distances add up: P. Felzenszwalb and D. Huttenlocher, Distance Transforms of Sampled
    Functions, 2012.

    Not `scipy.ndimage`: a stroke takes as long with it, but the web process 21 MB more.
    """
    height, width = inside.shape
    far = height + width
    steps = np.arange(height, dtype=np.int16)[:, None]
    above = steps - np.maximum.accumulate(np.where(inside, np.int16(-far), steps))
    below = np.minimum.accumulate(np.where(inside, np.int16(2 * far), steps)[::-1])[::-1] - steps
    # Whole numbers of 16 bits, of which a processor takes twice as many at once.
    squares = (np.minimum(np.minimum(above, below), FURTHEST) ** 2).astype(np.uint16)
    nearest = squares.copy()
    for shift in range(1, min(width, reach + 1, int(np.sqrt(squares.max())) + 2)):
        shifted = squares + np.uint16(shift**2)
        np.minimum(nearest[:, shift:], shifted[:, :-shift], out=nearest[:, shift:])
        np.minimum(nearest[:, :-shift], shifted[:, shift:], out=nearest[:, :-shift])
    distances = np.sqrt(nearest, dtype=np.float32)
    return np.where(inside, distances - np.float32(0.5), np.float32(0))
