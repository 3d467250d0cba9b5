"""Which pixels spoke for an answer, and which against it: gradient times input.

Source: A. Shrikumar et al., Not Just a Black Box: Learning Important Features Through Propagating
Activation Differences, 2016.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from digits.choices import ACTIVATION_ROWS
from digits.inference import FloatArray, as_inputs, sums_and_values
from digits.settings import CLASSES, Activation


def explain(
    weights: Sequence[FloatArray],
    activation: Activation,
    image: NDArray[np.generic],
    digit: int,
) -> FloatArray:
    """What each pixel did to the lead of one digit over the others.

    Args:
        weights: kernel, bias, kernel, bias, ... from the first layer to the logits.
        activation: what follows each hidden layer.
        image: [28, 28]; uint8 from 0 to 255, or floats from 0 to 1.
        digit: the answer to explain, 0 to 9.

    Returns:
        float32 [28, 28]: above 0 where ink spoke for the digit, below 0 where against it, and 0
        where there is no ink. For a network with ReLU and no biases the sum is the lead itself:
        the digit's logit minus the mean of all ten.
    """
    pixels = as_inputs(image[None])
    *hidden, _ = sums_and_values(weights, activation, pixels)
    # In float32 like the kernels, which NumPy would make a copy of otherwise.
    gradient = (np.arange(CLASSES) == digit) - np.float32(1 / CLASSES)
    for kernel, (sums, _) in zip(weights[-2:0:-2], reversed(hidden), strict=True):
        slope = ACTIVATION_ROWS[activation].slope(sums[0])
        gradient = (kernel @ gradient) * slope.astype(np.float32)
    contributions = np.zeros(pixels.shape[1], np.float32)
    inked = np.flatnonzero(pixels[0])
    contributions[inked] = pixels[0, inked] * (weights[0][inked] @ gradient)
    return contributions.reshape(image.shape)
