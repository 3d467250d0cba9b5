"""Keras `fit` made as fast as its options allow: arrays in memory, many steps in one call."""

from benchmarks.speed.peers import as_floats
from benchmarks.speed.peers.keras_model import KerasPeer
from digits.dataset import Mnist
from digits.settings import TrainingSettings


class Peer(KerasPeer):
    """`fit` on arrays with `steps_per_execution`."""

    def __init__(self, mnist: Mnist, settings: TrainingSettings) -> None:
        super().__init__(mnist, settings)
        images = as_floats(mnist.train_images).reshape(-1, 28, 28)
        self.data = (images, mnist.train_labels)
        self.compile_options = {"steps_per_execution": 50}
        self.fit_options = {"batch_size": settings.batch_size}
