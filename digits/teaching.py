"""Teaching a network one person's handwriting: a few seconds on their corrections and MNIST.

Trained on the corrections alone a network would soon forget everything else, so most of what it
sees is MNIST.
Source: R. Ratcliff, Connectionist models of recognition memory, 1990 (rehearsal).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np
from numpy.typing import NDArray

from digits.augmentation import Augmenter
from digits.dataset import Mnist
from digits.device import prepare_device
from digits.inference import FloatArray
from digits.network import build_network, dense_layers
from digits.settings import TrainingSettings
from digits.training import evaluate

REHEARSED = 16_000
CORRECTED = 2_000
BATCH_SIZE = 128
LEARNING_RATE = 0.0005


@dataclass(frozen=True)
class Lesson:
    """What teaching did.

    Attributes:
        weights: kernel, bias, kernel, bias, ... up to the logits, after teaching.
        own_before: accuracy (0 to 1) on the corrected drawings before.
        own_after: the same after.
        test_before: accuracy (0 to 1) on the MNIST test set before.
        test_after: the same after.
    """

    weights: list[FloatArray]
    own_before: float
    own_after: float
    test_before: float
    test_after: float


def teach(
    weights: Sequence[FloatArray],
    settings: TrainingSettings,
    drawings: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    dataset: Mnist,
) -> Lesson:
    """Fine-tune a copy of a network on corrected drawings mixed with MNIST.

    Args:
        weights: kernel, bias, kernel, bias, ... up to the logits; they are left as they are.
        settings: those that the network was trained with.
        drawings: uint8 [count, 28, 28], prepared, at least one.
        labels: uint8 [count], what they should have been read as.
        dataset: MNIST.

    Returns:
        The new weights, and accuracies before and after.
    """
    network = build_network(settings)
    parameters = [part for layer in dense_layers(network) for part in (layer.kernel, layer.bias)]
    for parameter, value in zip(parameters, weights, strict=True):
        parameter.assign(value)
    network.compile(keras.optimizers.Adam(LEARNING_RATE), "sparse_categorical_crossentropy")
    images, answers = _material(settings, drawings, labels, dataset)
    with keras.device(prepare_device().name.removeprefix("/")):
        network.fit(images / np.float32(255), answers, BATCH_SIZE, verbose=0, shuffle=False)
    taught = [np.asarray(parameter) for parameter in parameters]

    def accuracy(state: Sequence[FloatArray], own: bool) -> float:
        pair = (drawings, labels) if own else (dataset.test_images, dataset.test_labels)
        return evaluate(state, settings, *pair).accuracy

    return Lesson(
        taught,
        accuracy(weights, own=True),
        accuracy(taught, own=True),
        accuracy(weights, own=False),
        accuracy(taught, own=False),
    )


def _material(
    settings: TrainingSettings,
    drawings: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    dataset: Mnist,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Images [count, 28, 28] and labels in random order, most from MNIST, all a little deformed."""
    rng = np.random.default_rng(settings.seed)
    kept, _ = settings.split(len(dataset.train_labels))
    rehearsed = rng.permutation(kept)[:REHEARSED]
    repeated = np.resize(np.arange(len(labels)), CORRECTED)
    own = Augmenter(drawings[repeated]).augment(0.5, settings.seed, 0)
    images = np.concatenate(
        [
            Augmenter(dataset.train_images[rehearsed]).augment(settings.augment, settings.seed, 0),
            own,
        ]
    )
    answers = np.concatenate([dataset.train_labels[rehearsed], labels[repeated]])
    order = rng.permutation(len(answers))
    return images[order].reshape(-1, 28, 28), answers[order]
