"""The notebook's way: the input pipeline of TensorFlow Datasets' example, and `fit`."""

import tensorflow as tf

from benchmarks.speed.peers.keras_model import KerasPeer
from digits.dataset import Mnist
from digits.settings import TrainingSettings


class Peer(KerasPeer):
    """`tf.data`: normalize, cache, shuffle, batch, prefetch.

    Source: https://www.tensorflow.org/datasets/keras_example
    """

    def __init__(self, mnist: Mnist, settings: TrainingSettings) -> None:
        super().__init__(mnist, settings)
        examples = tf.data.Dataset.from_tensor_slices((mnist.train_images, mnist.train_labels))
        pipeline = (
            examples.map(_normalized, num_parallel_calls=tf.data.AUTOTUNE)
            .cache()
            .shuffle(len(mnist.train_labels))
            .batch(settings.batch_size)
            .prefetch(tf.data.AUTOTUNE)
        )
        self.data = (pipeline,)


def _normalized(image: tf.Tensor, label: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    return tf.cast(image, tf.float32) / 255.0, label
