"""What is measured of a network at the end of a run, and the file that visitors take home."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import keras
import numpy as np
from numpy.typing import NDArray

from digits.calibration import calibrated, expected_calibration_error, fit_temperature
from digits.challenges import TURNED_SEVEN, turned_seven
from digits.dataset import Mnist
from digits.device import prepare_device
from digits.evaluation import evaluate, evaluation, logits_of
from digits.inference import FloatArray, softmax
from digits.keras_export import for_older_versions
from digits.network import build_network, dense_layers, name_seed
from digits.objective import weights_cost
from digits.settings import TrainingSettings
from digits.unit_health import unit_health
from trainer.bounded_cache import BoundedCache

EXAMPLE_BATCH = 64
# Enough to see which units are dead, in a few milliseconds.
IMAGES_FOR_UNITS = 500
# Two of the largest shape, or a dozen of the best reader's.
MOST_BYTES_OF_NETWORKS = 64 * 2**20


def example_batch(
    settings: TrainingSettings, weights: Sequence[FloatArray], dataset: Mnist
) -> dict[str, float]:
    """Loss and accuracy of the first 64 test images, which the page shows before and after."""
    images, labels = dataset.test_images[:EXAMPLE_BATCH], dataset.test_labels[:EXAMPLE_BATCH]
    return vars(evaluate(weights, settings, images, labels))


def origin_of(dataset: Mnist) -> dict[str, str]:
    """What is needed to repeat a run, beside its settings: device, version of Keras, data."""
    return {
        "device": prepare_device().description,
        "keras": keras.__version__,
        "data": dataset.fingerprint,
    }


class Measurement(NamedTuple):
    """What a network does on the test images.

    Attributes:
        figures: loss and accuracy, the temperature, and the calibration error with it; the penalty
            on the weights where the settings have one; and what a challenge asks for.
        answers: the digit that it reads in each, uint8 [count].
    """

    figures: dict[str, float]
    answers: NDArray[np.uint8]


def measured(
    settings: TrainingSettings, weights: Sequence[FloatArray], dataset: Mnist
) -> Measurement:
    """Have a network read the test images, once at the end of a run."""
    images, labels = dataset.test_images, dataset.test_labels
    temperature = _temperature(settings, weights, dataset)
    logits = logits_of(weights, settings, images)
    answers = calibrated(softmax(logits.numpy()), temperature)
    error = expected_calibration_error(answers, labels)
    found = {
        **vars(evaluation(logits, labels)),
        "temperature": temperature,
        "calibration_error": error,
        **_health(settings, weights, images),
        TURNED_SEVEN: int(logits_of(weights, settings, turned_seven()[None]).numpy().argmax()),
    }
    if settings.l1 or settings.l2:
        found["penalty"] = float(weights_cost(weights[::2], settings.l1, settings.l2))
    return Measurement(found, logits.numpy().argmax(axis=1).astype(np.uint8))


def _health(
    settings: TrainingSettings, weights: Sequence[FloatArray], images: NDArray[np.uint8]
) -> dict[str, float]:
    """Which shares of the hidden units have stopped telling images apart."""
    health = unit_health(weights, settings.activation, images[:IMAGES_FOR_UNITS])
    return {"dead_units": health.dead, "saturated_units": health.saturated}


def keras_file(settings: TrainingSettings, weights: Sequence[FloatArray]) -> bytes:
    """The network as a `.keras` file, which plain Keras loads, also an older one."""
    with _exporting, tempfile.TemporaryDirectory() as folder:
        network = _network(settings)
        name_seed(network, settings)
        kernels_and_biases = iter(weights)
        for layer in dense_layers(network):
            layer.set_weights([next(kernels_and_biases), next(kernels_and_biases)])
        path = Path(folder) / "model.keras"
        network.save(path)
        return for_older_versions(path.read_bytes())


def _network(settings: TrainingSettings) -> keras.Sequential:
    """A network to be filled and saved, one at a time: making it takes as long as saving it."""
    shape = TrainingSettings(
        hidden_layers=settings.hidden_layers,
        activation=settings.activation,
        dropout=settings.dropout,
        l1=settings.l1,
        l2=settings.l2,
    )
    return _networks.get(shape.model_dump_json(), lambda: build_network(shape))


_networks = BoundedCache[keras.Sequential](
    MOST_BYTES_OF_NETWORKS, lambda network: 4 * int(network.count_params())
)
_exporting = Lock()


def _temperature(
    settings: TrainingSettings, weights: Sequence[FloatArray], dataset: Mnist
) -> float:
    _, held_back = settings.split(len(dataset.train_labels))
    if not held_back:
        return 1.0  # on what it was trained with, a network seems more honest than it is
    images, labels = dataset.train_images[-held_back:], dataset.train_labels[-held_back:]
    return fit_temperature(softmax(logits_of(weights, settings, images).numpy()), labels)
