"""The desktop program neural-network-digits (NumPy), driven without its window."""

import numpy as np
from nn_digits.neural_net.data import normalize, one_hot
from nn_digits.neural_net.network import NeuralNetwork

from benchmarks.speed.peers import BasePeer, shuffled_batches
from digits.dataset import Mnist
from digits.settings import TrainingSettings

# It has no Adam; with this rate its losses are those of the others.
LEARNING_RATE = 0.04
MOMENTUM = 0.9


class Peer(BasePeer):
    """Its network and its training step, on all images and in the order that its trainer takes.

    The trainer itself always holds back a tenth of the images, and evaluates all of them after
    each epoch; both are left out, in the program's favour.
    """

    def __init__(self, mnist: Mnist, settings: TrainingSettings) -> None:
        super().__init__(mnist, settings)
        self.images = normalize(mnist.train_images)
        self.targets = one_hot(mnist.train_labels)

    def train(self, epochs: int) -> list[float]:
        """Train a fresh network; returns the mean loss of each epoch."""
        network = NeuralNetwork(self.settings.layer_widths, "relu", seed=self.settings.seed)
        rng = np.random.default_rng(self.settings.seed)
        return [self._epoch(network, rng) for _ in range(epochs)]

    def _epoch(self, network: NeuralNetwork, rng: np.random.Generator) -> float:
        total = 0.0
        for batch in shuffled_batches(len(self.images), rng):
            images, targets = self.images[batch], self.targets[batch]
            loss = network.train_step(images, targets, LEARNING_RATE, MOMENTUM, l2=0.0)
            total += loss * len(batch)
        return total / len(self.images)
