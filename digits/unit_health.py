"""Hidden units that have stopped telling images apart."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digits.choices import ACTIVATION_ROWS
from digits.inference import FloatArray, as_inputs, sums_and_values
from digits.settings import Activation

# A unit whose slope is so small learns a hundredth of what one in the middle learns.
FLAT = 0.01
SHARE_OF_IMAGES = 0.9


class UnitHealth(NamedTuple):
    """Shares of all hidden units, from 0 to 1.

    Attributes:
        dead: those whose slope is 0 for every image: no step changes what comes into them.
        saturated: those whose slope is below a hundredth of its largest for nine of ten images,
            the dead ones among them.
    """

    dead: float
    saturated: float


def unit_health(
    weights: Sequence[FloatArray], activation: Activation, images: NDArray[np.generic]
) -> UnitHealth:
    """Look which hidden units still react to `images`; arguments as for `digits.inference.forward`.

    Source: X. Glorot and Y. Bengio, Understanding the difficulty of training deep feedforward
    neural networks, AISTATS 2010 (saturation); L. Lu et al., Dying ReLU and Initialization,
    Communications in Computational Physics 28, 2020.
    """
    slope = ACTIVATION_ROWS[activation].slope
    steepest = slope(np.linspace(-8, 8, 1601, dtype=np.float32)).max()
    *hidden, _ = sums_and_values(weights, activation, as_inputs(images))
    if not hidden:
        return UnitHealth(0.0, 0.0)
    slopes = [np.abs(slope(sums)) for sums, _ in hidden]
    dead = [(each == 0).all(axis=0) for each in slopes]
    saturated = [(each < FLAT * steepest).mean(axis=0) >= SHARE_OF_IMAGES for each in slopes]
    return UnitHealth(*(float(np.concatenate(each).mean()) for each in (dead, saturated)))
