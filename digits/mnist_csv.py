"""Labelled images as text, in the form in which MNIST is handed around as CSV."""

import numpy as np
from numpy.typing import NDArray

from digits.settings import IMAGE_PIXELS


def to_mnist_csv(images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> str:
    """Write one image a line: its label, then its 784 pixels row by row, from 0 to 255.

    Args:
        images: [count, 28, 28].
        labels: [count].

    Source: J. Redmon, MNIST in CSV, 2015. As there, no line of names stands above.
    """
    rows = np.column_stack([labels, images.reshape(-1, IMAGE_PIXELS)])
    return "".join(",".join(map(str, row)) + "\n" for row in rows.tolist())
