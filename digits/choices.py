"""Activations, optimizers, schedules and more: all that there is to know of each, in one row.

An activation is called here as in Keras. Importing this does not import TensorFlow.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
# How steep a leaky relu is below 0, in Keras.
LEAK = np.float32(0.2)


class ActivationRow(NamedTuple):
    """What follows each hidden layer.

    Attributes:
        value: of what a unit has added up.
        slope: how fast that changes with the sum.
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


class InitializerRow(NamedTuple):
    """What the weights are before the first step.

    Attributes:
        keras: its class in `keras.initializers`.
        options: what it is made with, beside a seed.
        is_random: whether it takes a seed.
    """

    keras: str
    options: Mapping[str, float] = MappingProxyType({})
    is_random: bool = True


def _sigmoid(x: Array) -> Array:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * x)))


def _normal_density(x: Array) -> Array:
    return np.asarray(np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi))


def _normal_share(x: Array) -> Array:
    """The share of a standard normal distribution below x, to 8e-8.

    Source: M. Abramowitz and I. Stegun, Handbook of Mathematical Functions, 1964, formula 26.2.17.
    """
    x = x.astype(np.float64)
    t = 1 / (1 + 0.2316419 * np.abs(x))
    factors = (1.330274429, -1.821255978, 1.781477937, -0.356563782, 0.319381530, 0.0)
    beyond = _normal_density(x) * np.polyval(factors, t)
    return np.where(x > 0, 1 - beyond, beyond)


ACTIVATION_ROWS = {
    "relu": ActivationRow(
        lambda x: np.maximum(x, 0),
        lambda x: (x > 0).astype(np.float32),
    ),
    "leaky_relu": ActivationRow(
        lambda x: np.where(x > 0, x, LEAK * x),
        lambda x: np.where(x > 0, np.float32(1), LEAK),
    ),
    "elu": ActivationRow(
        lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
        lambda x: np.exp(np.minimum(x, 0)),
    ),
    "gelu": ActivationRow(
        lambda x: x * _normal_share(x),
        lambda x: _normal_share(x) + x * _normal_density(x),
    ),
    "tanh": ActivationRow(np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    "sigmoid": ActivationRow(_sigmoid, lambda x: _sigmoid(x) * (1 - _sigmoid(x))),
    "linear": ActivationRow(lambda x: x, np.ones_like),
}

OPTIMIZER_ROWS = {
    "adam": OptimizerRow("Adam", 0.001, 8e-10),
    "adamw": OptimizerRow("AdamW", 0.001, 9e-10, {"weight_decay": 0.004}),
    "rmsprop": OptimizerRow("RMSprop", 0.001, 5e-10),
    "momentum": OptimizerRow("SGD", 0.01, 5e-10, {"momentum": 0.9}),
    "nesterov": OptimizerRow("SGD", 0.01, 5e-10, {"momentum": 0.9, "nesterov": True}),
    "sgd": OptimizerRow("SGD", 0.1, 3e-10),
}

# The share of the learning rate that is left when so much of all steps, 0 to 1, has been taken.
SCHEDULE_ROWS: dict[str, Callable[[Array], Array]] = {
    "constant": np.ones_like,
    "cosine": lambda done: (1 + np.cos(np.pi * done)) / 2,
    "step": lambda done: np.where(done < 0.5, 1.0, np.where(done < 0.75, 0.1, 0.01)),
    "warm-up": lambda done: np.minimum(1, 0.01 + 0.99 * done / 0.1),
}

INITIALIZER_ROWS = {
    "glorot": InitializerRow("GlorotUniform"),
    "he": InitializerRow("HeNormal"),
    "lecun": InitializerRow("LecunNormal"),
    "normal": InitializerRow("RandomNormal", {"stddev": 0.05}),
    "zeros": InitializerRow("Zeros", is_random=False),
}

# What training makes smaller: `digits/objective.py` has it.
LOSSES = ("cross-entropy", "squared error")
