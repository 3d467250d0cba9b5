"""Weights as the page's own reader takes them."""

from collections.abc import Sequence

import numpy as np

from digits.inference import FloatArray


def as_bytes(weights: Sequence[FloatArray]) -> bytes:
    """Kernel, bias, kernel, bias, ...: numbers of 32 bits one after the other, little-endian."""
    return b"".join(np.ascontiguousarray(array, "<f4").tobytes() for array in weights)
