"""What training makes smaller: what the images cost, and what the weights cost.

Sources: label smoothing, Szegedy et al. 2016; L1, Tibshirani 1996; the squared error of
probabilities, Brier 1950.
"""

from collections.abc import Sequence

import tensorflow as tf

from digits.inference import FloatArray
from digits.settings import CLASSES, TrainingSettings


def differs_from_cross_entropy(settings: TrainingSettings) -> bool:
    """Whether training makes something else of the images smaller than what the charts show."""
    return settings.loss != "cross-entropy" or settings.label_smoothing > 0


def image_costs(
    loss: str, label_smoothing: tf.Tensor, labels: tf.Tensor, logits: tf.Tensor
) -> tf.Tensor:
    """What each image adds to what training makes smaller, float32 [batch].

    Args:
        loss: `cross-entropy` or `squared error`, which is the mean over the classes as in Keras.
        label_smoothing: float32 scalar, the share of each label that goes to all classes.
        labels: int32 [batch].
        logits: float32 [batch, 10].
    """
    share = label_smoothing / CLASSES
    targets = tf.one_hot(labels, CLASSES) * (1 - label_smoothing) + share
    if loss == "squared error":
        return tf.reduce_mean(tf.square(tf.nn.softmax(logits) - targets), 1)
    return tf.nn.softmax_cross_entropy_with_logits(targets, logits)


def weights_cost(
    kernels: Sequence[tf.Variable | FloatArray],
    l1: tf.Tensor | float | None,
    l2: tf.Tensor | float | None,
) -> tf.Tensor:
    """What the weights add: `l1` times their sizes and `l2` times their squares, where there are.

    Returns:
        float32 scalar.
    """
    cost = tf.constant(0.0)
    if l1 is not None:
        cost += l1 * tf.add_n([_sum(tf.abs(kernel)) for kernel in kernels])
    if l2 is not None:
        cost += l2 * tf.add_n([_sum(tf.square(kernel)) for kernel in kernels])
    return cost


def weights_cost_and_slopes(
    kernels: Sequence[tf.Variable], l1: tf.Tensor | None, l2: tf.Tensor | None
) -> tuple[tf.Tensor, list[tf.Tensor]]:
    """What the weights add, as `weights_cost` says, and how it grows with each of them.

    The slopes are written out, because that is faster than to let TensorFlow find them.

    Returns:
        The cost, and the slopes by kernel.
    """
    slopes = [tf.zeros_like(kernel) for kernel in kernels]
    if l1 is not None:
        slopes = [slope + l1 * tf.sign(each) for slope, each in zip(slopes, kernels, strict=True)]
    if l2 is not None:
        slopes = [slope + 2 * l2 * each for slope, each in zip(slopes, kernels, strict=True)]
    return weights_cost(kernels, l1, l2), slopes


def _sum(matrix: tf.Tensor) -> tf.Tensor:
    """The sum of a matrix, row by row: XLA on the CPU would go number by number."""
    rows = tf.ones((1, matrix.shape[0]))
    return tf.reduce_sum(tf.matmul(rows, matrix))
