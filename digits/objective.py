"""What training makes smaller: what the images cost, and what the weights cost.

Sources: label smoothing, Szegedy et al. 2016; L1, Tibshirani 1996; the squared error of
probabilities, Brier 1950.
"""

from collections.abc import Sequence

import tensorflow as tf

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
    kernels: Sequence[tf.Variable], l1: tf.Tensor | None, l2: tf.Tensor | None
) -> tf.Tensor:
    """What the weights add: `l1` times their sizes and `l2` times their squares, where there are.

    Dot products, because XLA on the CPU sums one number after the other.
    """
    flat = [tf.reshape(kernel, [-1]) for kernel in kernels]
    costs = [tf.constant(0.0)]
    if l1 is not None:
        costs += [l1 * tf.tensordot(tf.stop_gradient(tf.sign(each)), each, 1) for each in flat]
    if l2 is not None:
        costs.append(l2 * tf.add_n([tf.tensordot(each, each, 1) for each in flat]))
    return tf.add_n(costs)
