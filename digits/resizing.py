"""Scaling of images."""

import numpy as np

from digits.inference import FloatArray


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
    edges = (np.arange(new + 1) * (old / new))[:, None]
    pixels = np.arange(old)
    overlap = np.minimum(edges[1:], pixels + 1) - np.maximum(edges[:-1], pixels)
    return np.asarray(overlap.clip(0) * new / old, np.float32)


def fit(shape: tuple[int, ...], side: int) -> tuple[int, int]:
    """Height and width of the same proportions as `shape`, the longer one `side`."""
    height, width = (max(1, round(length * side / max(shape))) for length in shape)
    return height, width
