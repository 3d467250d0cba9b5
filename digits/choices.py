"""Activations, optimizers and schedules: all that there is to know of each, in one row.

An activation is called here as in Keras. Importing this does not import TensorFlow.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]


class ActivationRow(NamedTuple):
    """What follows each hidden layer.

    Attributes:
        value: of what goes in.
        slope: of the same, told from its value.
    """

    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]


class OptimizerRow(NamedTuple):
    """The rule that turns slopes into steps.

    Attributes:
        keras: its class in `keras.optimizers`.
        usual_rate: the learning rate that this task is usually learned with.
        seconds_a_weight: of one step, for each weight, up to the factor of
            `trainer/duration_estimate.py`.
        options: what it is made with.
    """

    keras: str
    usual_rate: float
    seconds_a_weight: float
    options: Mapping[str, float] = MappingProxyType({})


ACTIVATION_ROWS = {
    "relu": ActivationRow(
        lambda x: np.maximum(x, 0),
        lambda value: (value > 0).astype(np.float32),
    ),
    "elu": ActivationRow(
        lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
        lambda value: np.where(value > 0, 1, value + 1),
    ),
    "tanh": ActivationRow(np.tanh, lambda value: 1 - value**2),
    "sigmoid": ActivationRow(
        lambda x: 0.5 * (1 + np.tanh(0.5 * x)),
        lambda value: value * (1 - value),
    ),
}

OPTIMIZER_ROWS = {
    "adam": OptimizerRow("Adam", 0.001, 8e-10),
    "rmsprop": OptimizerRow("RMSprop", 0.001, 5e-10),
    "momentum": OptimizerRow("SGD", 0.01, 5e-10, {"momentum": 0.9}),
    "sgd": OptimizerRow("SGD", 0.1, 3e-10),
}

# The share of the learning rate that is left when so much of all steps, 0 to 1, has been taken.
SCHEDULE_ROWS: dict[str, Callable[[Array], Array]] = {
    "constant": np.ones_like,
    "cosine": lambda done: (1 + np.cos(np.pi * done)) / 2,
}
