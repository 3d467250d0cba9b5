"""A step taken apart: its numbers are those of the run, and the run is as if nobody had looked."""

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from digits.dataset import Mnist
from digits.epoch_images import augmenter_of
from digits.inference import FloatArray
from digits.learned_examples import labels_learned_from
from digits.network import build_network
from digits.one_step import COSTLIEST_SHOWN, IMAGES_SHOWN, UNITS_SHOWN, OneStep
from digits.progress import Checkpoint, Progress
from digits.settings import TrainingSettings
from digits.training import train

SETTINGS = TrainingSettings(hidden_layers=(16,), batch_size=32, epochs=2)
EPOCH_STEPS = 113


def taken(settings: TrainingSettings, data: Mnist, slowly: list[int]) -> list[Progress]:
    return list(train(settings, data, slowly=slowly))


def slow_steps(reports: list[Progress]) -> list[OneStep]:
    return [report.one_step for report in reports if report.one_step]


def series_of(reports: list[Progress], name: str) -> np.ndarray:
    return np.concatenate([report.series[name] for report in reports if len(report)])


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"dropout": 0.4, "l2": 0.001},
        {"augment": 0.5},
        {"loss": "squared error", "label_smoothing": 0.1, "optimizer": "momentum"},
    ],
    ids=str,
)
def test_a_run_in_slow_motion_is_the_same_to_the_last_digit(
    change: dict[str, Any], small_mnist: Mnist
) -> None:
    settings = SETTINGS.model_copy(update=change)
    slowly = [0, 1, 3, 8, 30, 31, EPOCH_STEPS - 1, EPOCH_STEPS, 2 * EPOCH_STEPS - 1]
    straight, slow = taken(settings, small_mnist, []), taken(settings, small_mnist, slowly)
    assert slow_steps(straight) == []
    assert [step.step for step in slow_steps(slow)] == [step + 1 for step in slowly]
    for name in straight[-1].series:
        np.testing.assert_array_equal(series_of(straight, name), series_of(slow, name))
    assert all(
        map(np.array_equal, straight[-1].checkpoint().weights, slow[-1].checkpoint().weights)
    )
    losses = series_of(straight, "loss")
    for step in slow_steps(slow):
        assert step.loss == pytest.approx(losses[step.step - 1], rel=1e-4)
        accuracy = series_of(straight, "accuracy")[step.step - 1]
        assert step.right / step.batch == pytest.approx(accuracy, abs=1e-5)


def sizes(arrays: Sequence[FloatArray]) -> list[float]:
    """Return the norm of each layer, kernel and bias together."""
    norms = [float(np.linalg.norm(array)) for array in arrays]
    return [math.hypot(*pair) for pair in zip(norms[::2], norms[1::2], strict=True)]


def before_and_at(settings: TrainingSettings, data: Mnist, step: int) -> tuple[Checkpoint, OneStep]:
    """Return the state before a step, and what happened in it."""
    for report in train(settings, data, until=step or 1):
        before = report.checkpoint()
        if report.step == step:
            break
    (happened,) = slow_steps(list(train(settings, data, before, until=step + 1, slowly=[step])))
    return before, happened


@pytest.mark.parametrize("step", [0, 40, EPOCH_STEPS + 2])
@pytest.mark.parametrize(
    "change",
    [
        {},
        {"l2": 0.01, "l1": 0.001, "activation": "tanh"},
        {"augment": 0.5, "mislabelled": 0.2},
        {"loss": "squared error", "hidden_layers": (16, 12)},
        {"hidden_layers": ()},
    ],
    ids=str,
)
def test_its_gradient_is_that_of_a_tape_on_the_same_batch_with_the_keras_network(
    change: dict[str, Any], step: int, small_mnist: Mnist
) -> None:
    settings = SETTINGS.model_copy(update=change)
    before, happened = before_and_at(settings, small_mnist, step)
    epoch, position = divmod(step, EPOCH_STEPS)
    order = np.random.default_rng((settings.seed, epoch)).permutation(3600)
    batch = order[32 * position :][:32]
    images = small_mnist.train_images[batch].reshape(-1, 784)
    if settings.augment:
        augmented = augmenter_of(small_mnist).augment(settings.augment, settings.seed, epoch, 3600)
        images = np.asarray(augmented)[batch].reshape(-1, 784)
    labels = labels_learned_from(settings, small_mnist.train_labels)[batch]
    np.testing.assert_array_equal(happened.first.images, images[:IMAGES_SHOWN])
    np.testing.assert_array_equal(happened.first.labels, labels[:IMAGES_SHOWN])

    network = build_network(settings)
    network.set_weights(before.weights)
    with tf.GradientTape() as tape:
        shares = network(images.reshape(-1, 28, 28).astype(np.float32) / 255)
        costs = keras.losses.sparse_categorical_crossentropy(labels, shares)
        made_smaller = costs
        if settings.loss == "squared error":
            made_smaller = tf.reduce_mean(tf.square(shares - tf.one_hot(labels, 10)), 1)
        total = tf.reduce_mean(made_smaller) + sum(network.losses)
    slopes = [slope.numpy() for slope in tape.gradient(total, network.trainable_variables)]

    assert happened.loss == pytest.approx(float(tf.reduce_mean(costs)), rel=1e-4)
    assert happened.made_smaller == pytest.approx(float(total), rel=1e-4)
    norms = sizes(slopes)
    np.testing.assert_allclose([each.slope for each in happened.layers], norms, rtol=1e-3)
    np.testing.assert_allclose(happened.slopes, slopes[0][:, happened.units].T, atol=1e-6)
    of_units = np.linalg.norm(slopes[0], axis=0)
    assert of_units[happened.units].min() >= np.sort(of_units)[-len(happened.units)] * 0.999
    dearest = np.sort(costs.numpy())[::-1][:COSTLIEST_SHOWN]
    np.testing.assert_allclose(happened.costliest.costs, dearest, rtol=1e-3, atol=1e-5)
    np.testing.assert_array_equal(happened.first.answers, shares.numpy().argmax(1)[:IMAGES_SHOWN])


def test_what_moved_is_what_the_optimizer_added(small_mnist: Mnist) -> None:
    settings = SETTINGS.model_copy(update={"optimizer": "sgd", "learning_rate": 0.1})
    before, happened = before_and_at(settings, small_mnist, 20)
    for layer, size in zip(happened.layers, sizes(before.weights), strict=True):
        assert layer.moved == pytest.approx(0.1 * layer.slope, rel=1e-3), "the rate times the slope"
        assert layer.size == pytest.approx(size, rel=1e-5)
    assert happened.learning_rate == pytest.approx(0.1)
    assert happened.loss_after < happened.loss
    assert happened.right_after >= happened.right
    assert happened.slopes.shape == (UNITS_SHOWN, 784)


def test_the_last_batch_of_an_epoch_is_a_smaller_one(small_mnist: Mnist) -> None:
    _, happened = before_and_at(SETTINGS, small_mnist, EPOCH_STEPS - 1)
    assert happened.batch == 16
    _, happened = before_and_at(
        SETTINGS.model_copy(update={"batch_size": 1, "images_used": 100}), small_mnist, 5
    )
    assert happened.batch == len(happened.first.labels) == len(happened.costliest.labels) == 1
