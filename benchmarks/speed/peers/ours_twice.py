"""Two of this project's runs at once, in two threads of one process, as a worker has them."""

from concurrent.futures import ThreadPoolExecutor

from benchmarks.speed.peers import BasePeer, ours
from digits.dataset import Mnist
from digits.settings import TrainingSettings


class Peer(BasePeer):
    """Trains two networks that differ in their seeds."""

    def __init__(self, mnist: Mnist, settings: TrainingSettings) -> None:
        super().__init__(mnist, settings)
        seeds = (settings.seed, settings.seed + 1)
        self.both = [ours.Peer(mnist, settings.model_copy(update={"seed": seed})) for seed in seeds]

    def train(self, epochs: int) -> list[float]:
        """Train both; returns the mean loss of each epoch of the first."""
        with ThreadPoolExecutor(len(self.both)) as threads:
            losses: list[list[float]] = list(
                threads.map(lambda peer: peer.train(epochs), self.both)
            )
        return losses[0]
