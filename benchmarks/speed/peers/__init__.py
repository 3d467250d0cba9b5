"""The programs that `benchmarks.speed.training` compares: one network, trained on the same images.

Each module defines `Peer`, whose `train` starts over from fresh weights every time.
"""

import platform
import resource
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from digits.dataset import Mnist
from digits.settings import TrainingSettings

FloatArray = NDArray[np.float32]

# The notebook's network and optimizer, on all 60,000 images: no program spends time on validation.
SETTINGS = TrainingSettings(validation_split=0)


class BasePeer:
    """One way to train the network.

    Args:
        mnist: the images.
        settings: what to train, and how; the other libraries' programs only know `SETTINGS`.
    """

    def __init__(self, mnist: Mnist, settings: TrainingSettings) -> None:
        self.mnist = mnist
        self.settings = settings

    def train(self, epochs: int) -> list[float]:
        """Train a fresh network; returns the mean loss of each epoch."""
        raise NotImplementedError

    def peak_memory_mb(self) -> float:
        """Return the most memory that the program has taken so far."""
        unit = 1 if platform.system() == "Darwin" else 1024  # bytes there, kilobytes elsewhere
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6

    def close(self) -> None:
        """End what was started; most have nothing to end."""


def as_floats(images: NDArray[np.uint8]) -> FloatArray:
    """Return images as float32 [count, 784] from 0 to 1."""
    return images.reshape(len(images), -1).astype(np.float32) / np.float32(255)


def shuffled_batches(count: int, rng: np.random.Generator) -> list[NDArray[np.intp]]:
    """Return the example numbers of each batch of an epoch; the last may be a smaller one."""
    order = rng.permutation(count)
    return np.split(order, range(SETTINGS.batch_size, count, SETTINGS.batch_size))


def starting_weights(settings: TrainingSettings) -> list[tuple[FloatArray, FloatArray]]:
    """Return kernel [inputs, outputs] and bias of each layer, drawn as Keras draws them."""
    rng = np.random.default_rng(settings.seed)
    return [_layer(rng, *shape) for shape in pairwise(settings.layer_widths)]


def _layer(rng: np.random.Generator, inputs: int, outputs: int) -> tuple[FloatArray, FloatArray]:
    limit = np.sqrt(6 / (inputs + outputs))
    kernel = rng.uniform(-limit, limit, (inputs, outputs)).astype(np.float32)
    return kernel, np.zeros(outputs, np.float32)
