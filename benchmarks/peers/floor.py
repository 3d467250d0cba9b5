"""The floor: only the matrix products that an epoch needs, by NumPy, and nothing else."""

from itertools import pairwise

import numpy as np

from benchmarks.peers import BasePeer
from digits.dataset import Mnist
from digits.settings import TrainingSettings


class Peer(BasePeer):
    """One product forward, two backward for each layer, and none back into the images."""

    def __init__(self, mnist: Mnist, settings: TrainingSettings) -> None:
        super().__init__(mnist, settings)
        rng = np.random.default_rng(settings.seed)
        widths, batch = settings.layer_widths, settings.batch_size
        self.kernels = [rng.random(shape, np.float32) for shape in pairwise(widths)]
        self.values = [rng.random((batch, width), np.float32) for width in widths]

    def train(self, epochs: int) -> list[float]:
        """Multiply as often as training would; there is no loss to return."""
        steps = self.settings.steps_per_epoch(len(self.mnist.train_labels))
        for _ in range(epochs * steps):
            self._step()
        return []

    def _step(self) -> None:
        for kernel, values in zip(self.kernels, self.values, strict=False):
            values @ kernel
        for layer in reversed(range(len(self.kernels))):
            inputs, slopes, kernel = self.values[layer], self.values[layer + 1], self.kernels[layer]
            inputs.T @ slopes
            if layer:
                slopes @ kernel.T
