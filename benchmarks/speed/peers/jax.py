"""JAX: a whole epoch is one compiled `lax.scan` over images that lie on the device as uint8."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.speed.peers import BasePeer, starting_weights
from digits.dataset import Mnist
from digits.settings import TrainingSettings

MOMENTUM, SQUARES, EPSILON = 0.9, 0.999, 1e-7  # the constants of Adam, as Keras has them


class Peer(BasePeer):
    """Adam as in D. Kingma, J. Ba, Adam: a method for stochastic optimization, 2015."""

    def __init__(self, mnist: Mnist, settings: TrainingSettings) -> None:
        super().__init__(mnist, settings)
        self.images = jnp.asarray(mnist.train_images.reshape(len(mnist.train_images), -1))
        self.labels = jnp.asarray(mnist.train_labels.astype(np.int32))
        self.epoch = jax.jit(self._epoch, donate_argnums=0)

    def train(self, epochs: int) -> list[float]:
        """Train a fresh network; returns the mean loss of each epoch."""
        weights = jax.tree.map(jnp.asarray, starting_weights(self.settings))
        zeros = jax.tree.map(jnp.zeros_like, weights)
        state = (weights, zeros, jax.tree.map(jnp.copy, zeros), jnp.zeros((), jnp.float32))
        rng = np.random.default_rng(self.settings.seed)
        losses = []
        for _ in range(epochs):
            state, loss = self.epoch(state, self.images, self.labels, self._order(rng))
            losses.append(float(loss))
        return losses

    def _order(self, rng: np.random.Generator) -> Any:
        """Example numbers [steps, batch]; -1 fills the last batch."""
        count, size = len(self.labels), self.settings.batch_size
        order = np.pad(rng.permutation(count), (0, -count % size), constant_values=-1)
        return jnp.asarray(order.reshape(-1, size).astype(np.int32))

    def _epoch(self, state: Any, images: Any, labels: Any, order: Any) -> tuple[Any, Any]:
        def step(state: Any, examples: Any) -> tuple[Any, Any]:
            weights, means, squares, count = state
            present = (examples >= 0).astype(jnp.float32)
            batch = images[examples].astype(jnp.float32) / 255.0
            loss, slopes = jax.value_and_grad(_loss)(weights, batch, labels[examples], present)
            count += 1
            means = _mixed(MOMENTUM, means, slopes)
            squares = _mixed(SQUARES, squares, jax.tree.map(jnp.square, slopes))
            rate = self.settings.learning_rate
            rate *= jnp.sqrt(1 - SQUARES**count) / (1 - MOMENTUM**count)
            weights = jax.tree.map(
                lambda weight, mean, square: weight - rate * mean / (jnp.sqrt(square) + EPSILON),
                weights,
                means,
                squares,
            )
            return (weights, means, squares, count), loss * present.sum()

        state, losses = jax.lax.scan(step, state, order)
        return state, losses.sum() / len(labels)


def _loss(weights: Any, images: Any, labels: Any, present: Any) -> Any:
    *hidden, (kernel, bias) = weights
    values = images
    for hidden_kernel, hidden_bias in hidden:
        values = jax.nn.relu(values @ hidden_kernel + hidden_bias)
    scores = jax.nn.log_softmax(values @ kernel + bias)
    errors = -jnp.take_along_axis(scores, labels[:, None], axis=1)[:, 0]
    return (errors * present).sum() / present.sum()


def _mixed(share: float, old: Any, new: Any) -> Any:
    return jax.tree.map(lambda before, now: share * before + (1 - share) * now, old, new)
