"""Training, beside plain Keras on the same batches."""

from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from digits.dataset import Mnist
from digits.learned_examples import labels_learned_from
from digits.network import build_network
from digits.settings import ACTIVATIONS, INITIALIZERS, OPTIMIZERS, SCHEDULES, TrainingSettings
from tests.support.trainings import SETTINGS, outcome

KERAS_OPTIMIZERS = {
    "adam": lambda rate: keras.optimizers.Adam(rate),
    "adamw": lambda rate: keras.optimizers.AdamW(rate),
    "rmsprop": lambda rate: keras.optimizers.RMSprop(rate),
    "momentum": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
    "nesterov": lambda rate: keras.optimizers.SGD(rate, momentum=0.9, nesterov=True),
    "sgd": lambda rate: keras.optimizers.SGD(rate),
}


class WarmUp(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """From a hundredth of the rate to all of it over the first tenth of the steps."""

    def __init__(self, rate: float, steps: int) -> None:
        self.rate, self.steps = rate, steps

    def __call__(self, step: Any) -> Any:
        share = 10 * keras.ops.cast(step, "float32") / self.steps
        return self.rate * keras.ops.minimum(1.0, 0.01 + 0.99 * share)


def piecewise(rate: float, steps: int) -> Any:
    # Keras goes down after the boundary, this project as soon as half of the steps are taken.
    ends = [(steps - 1) // 2, (3 * steps - 1) // 4]
    values = [rate, rate / 10, rate / 100]
    return keras.optimizers.schedules.PiecewiseConstantDecay(ends, values)


KERAS_SCHEDULES = {
    "constant": lambda rate, steps: rate,
    "cosine": keras.optimizers.schedules.CosineDecay,
    "step": piecewise,
    "warm-up": WarmUp,
}


# What is trained beside plain Keras: each choice, and each number that the loop uses.
VARIATIONS: list[dict[str, Any]] = [
    *({"optimizer": optimizer} for optimizer in OPTIMIZERS),
    *({"optimizer": optimizer, "l2": 0.01} for optimizer in ("adam", "sgd")),
    *({"activation": activation} for activation in ACTIVATIONS if activation != "relu"),
    *({"schedule": schedule} for schedule in SCHEDULES if schedule != "constant"),
    *({"initializer": initializer} for initializer in INITIALIZERS if initializer != "glorot"),
    {"l1": 0.001},
    {"l1": 0.001, "l2": 0.01},
    {"left_out": "9", "mislabelled": 0.2, "batch_size": 24},
    {"label_smoothing": 0.2},
    {"loss": "squared error"},
    {"loss": "squared error", "label_smoothing": 0.2, "l1": 0.001},
]


@pytest.mark.parametrize("change", VARIATIONS, ids=str)
def test_losses_are_those_of_plain_keras(
    change: dict[str, Any], small_mnist: Mnist, batches_taken: list[NDArray[np.int32]]
) -> None:
    settings = SETTINGS.model_copy(update={"epochs": 1, **change})
    ours = outcome(settings, small_mnist)
    theirs, network = trained_by_keras(settings, small_mnist, batches_taken)
    # The last batch is a smaller one.
    assert len(theirs) == settings.steps_per_epoch(settings.split(4000)[0]) > 100
    np.testing.assert_allclose(ours.losses, theirs, rtol=0, atol=1e-4)
    for weight, expected in zip(ours.last.weights, network.get_weights(), strict=True):
        np.testing.assert_allclose(weight, expected, rtol=0, atol=1e-3)


def trained_by_keras(
    settings: TrainingSettings, dataset: Mnist, batches: list[NDArray[np.int32]]
) -> tuple[list[float], keras.Sequential]:
    """Return the loss of each batch, and the network, when Keras trains on the same batches."""
    network = build_network(settings)
    rate = KERAS_SCHEDULES[settings.schedule](settings.learning_rate, len(batches))
    smoothing = settings.label_smoothing
    is_squared = settings.loss == "squared error"
    loss = keras.losses.MeanSquaredError() if is_squared else keras.losses.CategoricalCrossentropy()
    network.compile(KERAS_OPTIMIZERS[settings.optimizer](rate), loss)
    losses = []
    labels = labels_learned_from(settings, dataset.train_labels)
    for batch in batches:
        examples = batch[batch >= 0]
        images = dataset.train_images[examples].astype(np.float32) / 255
        network.reset_metrics()
        targets = np.eye(10, dtype=np.float32)[labels[examples]]
        targets = (1 - smoothing) * targets + smoothing / 10
        losses.append(float(network.train_on_batch(images, targets)))
    return losses, network
