"""Loss and accuracy of a network on many images, on the device."""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from digits.device import prepare_device
from digits.inference import FloatArray
from digits.progress import Evaluation
from digits.settings import TrainingSettings


def evaluate(
    weights: Sequence[FloatArray | tf.Variable],
    settings: TrainingSettings,
    images: NDArray[np.uint8] | tf.Tensor,
    labels: NDArray[np.uint8] | tf.Tensor,
) -> Evaluation:
    """Loss and accuracy of a network on the device.

    Args:
        weights: kernel, bias, kernel, bias, ... up to the logits.
        settings: only the activation is used.
        images: uint8 [count, 28, 28] or [count, 784].
        labels: uint8 [count].
    """
    return evaluation(logits_of(weights, settings, images), labels)


def logits_of(
    weights: Sequence[FloatArray | tf.Variable],
    settings: TrainingSettings,
    images: NDArray[np.uint8] | tf.Tensor,
) -> tf.Tensor:
    """What a network says of images, float32 [count, 10]; arguments as for `evaluate`."""
    activation = keras.activations.get(settings.activation)
    with tf.device(prepare_device().name):
        values = tf.cast(tf.reshape(images, (len(images), -1)), tf.float32) / 255.0
        for kernel, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
            values = activation(tf.matmul(values, kernel) + bias)
        return tf.matmul(values, weights[-2]) + weights[-1]


def evaluation(logits: tf.Tensor, labels: NDArray[np.uint8] | tf.Tensor) -> Evaluation:
    """Loss and accuracy of what a network said: `logits` [count, 10], `labels` uint8 [count]."""
    with tf.device(prepare_device().name):
        numbers = tf.cast(labels, tf.int32)
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(numbers, logits)
        right = tf.equal(tf.argmax(logits, 1, tf.int32), numbers)
        return Evaluation(
            float(tf.reduce_mean(loss)), float(tf.reduce_mean(tf.cast(right, tf.float32)))
        )
