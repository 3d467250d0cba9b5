"""Teaching a network one person's handwriting: a few seconds on their corrections and MNIST.

Trained on the corrections alone a network would soon forget everything else, so most of what it
sees is MNIST.
Source: R. Ratcliff, Connectionist models of recognition memory, 1990 (rehearsal).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import keras
import numpy as np
from numpy.typing import NDArray

from digits.augmentation import Augmenter
from digits.dataset import Mnist
from digits.device import prepare_device
from digits.evaluation import evaluate
from digits.inference import FloatArray
from digits.network import build_network, dense_layers
from digits.settings import TrainingSettings

REHEARSED = 16_000
CORRECTED = 2_000
BATCH_SIZE = 128
LEARNING_RATE = 0.0005
# A correction may contradict MNIST, as a four of a single straight stroke does. Then the network
# goes only a part of the way: all that it may lose, as a share of these training images, is this.
MOST_LOST = 0.001
WATCHED = 20_000
PARTS_OF_THE_WAY = (1.0, 0.8, 0.6, 0.4, 0.2)

# Told how many batches of how many are done.
Report = Callable[[int, int], None]


@dataclass(frozen=True)
class FineTunedNetwork:
    """A network that was taught, and what that did.

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
    report: Report = lambda step, steps: None,
) -> FineTunedNetwork:
    """Fine-tune a copy of a network on corrected drawings mixed with MNIST.

    Args:
        weights: kernel, bias, kernel, bias, ... up to the logits; they are left as they are.
        settings: those that the network was trained with.
        drawings: uint8 [count, 28, 28], prepared, at least one.
        labels: uint8 [count], what they should have been read as.
        dataset: MNIST.
        report: told how many of how many batches are done, also while the result is checked; what
            it raises ends the fine-tuning.

    Returns:
        The new weights, and accuracies before and after.
    """
    images, answers = _material(settings, drawings, labels, dataset)
    steps = -(-len(answers) // BATCH_SIZE)
    report(0, steps)
    learned = _fine_tuned(weights, settings, images, answers, lambda done: report(done, steps))
    checked = partial(report, steps, steps)
    taught = _as_far_as_harmless(weights, learned, settings, dataset, checked)

    def accuracy(state: Sequence[FloatArray], own: bool) -> float:
        pair = (drawings, labels) if own else (dataset.test_images, dataset.test_labels)
        return evaluate(state, settings, *pair).accuracy

    return FineTunedNetwork(
        taught,
        accuracy(weights, own=True),
        accuracy(taught, own=True),
        accuracy(weights, own=False),
        accuracy(taught, own=False),
    )


def _fine_tuned(
    weights: Sequence[FloatArray],
    settings: TrainingSettings,
    images: NDArray[np.uint8],
    answers: NDArray[np.uint8],
    report: Callable[[int], None],
) -> list[FloatArray]:
    """Weights after one pass over the images; `report` is told how many batches are done."""
    network = build_network(settings)
    parameters = [part for layer in dense_layers(network) for part in (layer.kernel, layer.bias)]
    for parameter, value in zip(parameters, weights, strict=True):
        parameter.assign(value)
    steps = -(-len(answers) // BATCH_SIZE)
    rate = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps)
    network.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    reports = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: report(batch + 1)
    )
    with keras.device(prepare_device().name.removeprefix("/")):
        network.fit(
            images / np.float32(255),
            answers,
            BATCH_SIZE,
            verbose=0,
            shuffle=False,
            callbacks=[reports],
        )
    return list(map(np.asarray, parameters))


def _as_far_as_harmless(
    before: Sequence[FloatArray],
    after: Sequence[FloatArray],
    settings: TrainingSettings,
    dataset: Mnist,
    checked: Callable[[], None] = lambda: None,
) -> list[FloatArray]:
    """Weights on the straight way from `before` to `after`, as far as MNIST is still known.

    Source: M. Wortsman et al., Robust fine-tuning of zero-shot models, 2022.
    """
    images, labels = dataset.train_images[-WATCHED:], dataset.train_labels[-WATCHED:]
    least = evaluate(before, settings, images, labels).accuracy - MOST_LOST
    for part in PARTS_OF_THE_WAY:
        pairs = zip(before, after, strict=True)
        weights = [old + np.float32(part) * (new - old) for old, new in pairs]
        checked()
        if evaluate(weights, settings, images, labels).accuracy >= least:
            return weights
    return list(before)


def _material(
    settings: TrainingSettings,
    drawings: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    dataset: Mnist,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Images [count, 28, 28] and labels in random order, most from MNIST, all a little deformed."""
    rng = np.random.default_rng(settings.seed)
    # Whatever it was given to learn from: so few images as some are given would be known by heart.
    kept = len(dataset.train_labels) - settings.split(len(dataset.train_labels))[1]
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
