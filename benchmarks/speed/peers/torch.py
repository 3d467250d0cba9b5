"""PyTorch in its usual, eager way, with all images in memory."""

import numpy as np
import torch

from benchmarks.speed.peers import BasePeer, as_floats, shuffled_batches, starting_weights
from digits.dataset import Mnist
from digits.settings import TrainingSettings


class Peer(BasePeer):
    """A plain training loop."""

    def __init__(self, mnist: Mnist, settings: TrainingSettings) -> None:
        super().__init__(mnist, settings)
        self.images = torch.from_numpy(as_floats(mnist.train_images))
        self.labels = torch.from_numpy(mnist.train_labels.astype(np.int64))

    def train(self, epochs: int) -> list[float]:
        """Train a fresh network; returns the mean loss of each epoch."""
        model = self._model()
        optimizer = torch.optim.Adam(model.parameters(), lr=self.settings.learning_rate, eps=1e-7)
        rng = np.random.default_rng(self.settings.seed)
        return [self._epoch(model, optimizer, rng) for _ in range(epochs)]

    def _epoch(
        self, model: torch.nn.Module, optimizer: torch.optim.Optimizer, rng: np.random.Generator
    ) -> float:
        total = torch.zeros(())
        for batch in shuffled_batches(len(self.labels), rng):
            examples = torch.from_numpy(batch)
            logits = model(self.images[examples])
            loss = torch.nn.functional.cross_entropy(logits, self.labels[examples])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(batch)
        return float(total) / len(self.labels)

    def _model(self) -> torch.nn.Sequential:
        layers: list[torch.nn.Module] = []
        for kernel, bias in starting_weights(self.settings):
            linear = torch.nn.Linear(*kernel.shape)
            with torch.no_grad():
                linear.weight.copy_(torch.from_numpy(kernel.T))
                linear.bias.copy_(torch.from_numpy(bias))
            layers += [linear, torch.nn.ReLU()]
        return torch.nn.Sequential(*layers[:-1])
