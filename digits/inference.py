"""The forward pass in NumPy: quick for single drawings, and it needs no TensorFlow."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digits.choices import ACTIVATION_ROWS
from digits.settings import IMAGE_PIXELS, Activation

FloatArray = NDArray[np.float32]


def forward(
    weights: Sequence[FloatArray], activation: Activation, images: NDArray[np.generic]
) -> list[FloatArray]:
    """Activations of every layer.

    Args:
        weights: kernel, bias, kernel, bias, ... from the first layer to the logits.
        activation: what follows each hidden layer.
        images: [count, 28, 28]; uint8 from 0 to 255, or floats from 0 to 1.

    Returns:
        The flattened images [count, 784], each hidden layer [count, units], and last the class
        probabilities [count, 10].
    """
    pixels = as_inputs(images)
    *hidden, (logits, _) = sums_and_values(weights, activation, pixels)
    return [pixels, *(values for _, values in hidden), softmax(logits)]


def as_inputs(images: NDArray[np.generic]) -> FloatArray:
    """Images as for `forward` as what the first layer is given: float32 [count, 784], 0 to 1."""
    scale = 255 if images.dtype == np.uint8 else 1
    return images.reshape(-1, IMAGE_PIXELS).astype(np.float32) / np.float32(scale)


def sums_and_values(
    weights: Sequence[FloatArray], activation: Activation, inputs: FloatArray
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """What the units of each layer add up, and what they make of it.

    Args:
        weights: as for `forward`.
        activation: as for `forward`.
        inputs: what `as_inputs` returned.

    Yields:
        Both [count, units] for each hidden layer, then the logits [count, 10], twice.
    """
    activate = ACTIVATION_ROWS[activation].value
    values = inputs
    for kernel, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        sums = values @ kernel + bias
        values = activate(sums).astype(np.float32)
        yield sums, values
    logits = values @ weights[-2] + weights[-1]
    yield logits, logits


def digit_probabilities(
    weights: Sequence[FloatArray], activation: Activation, images: NDArray[np.generic]
) -> FloatArray:
    """Class probabilities [count, 10] of `images`; arguments as for `forward`."""
    return forward(weights, activation, images)[-1]


def softmax(logits: NDArray[np.floating[Any]]) -> FloatArray:
    """Turn logits [count, 10] into probabilities that sum to 1 in each row."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float32)
