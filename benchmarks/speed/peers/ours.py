"""This project's training loop, without the app around it."""

from benchmarks.speed.peers import BasePeer
from digits.training import train


class Peer(BasePeer):
    """`digits.training.train`, asked for one report after another as the worker does."""

    def train(self, epochs: int) -> list[float]:
        """Train a fresh network; returns the mean loss of each epoch."""
        settings = self.settings.model_copy(update={"epochs": epochs})
        return [report.epoch.loss for report in train(settings, self.mnist) if report.epoch]
