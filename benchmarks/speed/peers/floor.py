"""The floor: only the matrix products that an epoch needs, by NumPy, and nothing else."""

from itertools import pairwise

import numpy as np

from benchmarks.speed.peers import BasePeer
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
        self.value_results = [np.empty_like(values) for values in self.values]
        self.kernel_results = [np.empty_like(kernel) for kernel in self.kernels]

    def train(self, epochs: int) -> list[float]:
        """Multiply as often as training would; there is no loss to return."""
        steps = self.settings.steps_per_epoch(len(self.mnist.train_labels))
        for _ in range(epochs * steps):
            self._step()
        return []

    def _step(self) -> None:
        # Results go into arrays that exist, so that no time is spent on memory.
        for layer, kernel in enumerate(self.kernels):
            np.matmul(self.values[layer], kernel, out=self.value_results[layer + 1])
        for layer in reversed(range(len(self.kernels))):
            slopes = self.values[layer + 1]
            np.matmul(self.values[layer].T, slopes, out=self.kernel_results[layer])
            if layer:
                np.matmul(slopes, self.kernels[layer].T, out=self.value_results[layer])
