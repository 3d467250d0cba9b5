"""Small grey images, enlarged so that each pixel can be seen."""

import numpy as np
from numpy.typing import NDArray


def enlarged(image: NDArray[np.uint8], factor: int = 7) -> NDArray[np.uint8]:
    """Repeat every pixel of [height, width] `factor` times in both directions."""
    return image.repeat(factor, axis=0).repeat(factor, axis=1)
