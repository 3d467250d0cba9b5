"""Which device TensorFlow runs on, prepared so that several runs can share it."""

import logging
from dataclasses import dataclass
from functools import cache

import keras
import numpy as np
import tensorflow as tf

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Device:
    """The device that trains: its TensorFlow name, and a line about it for people."""

    name: str
    description: str


@cache
def prepare_device() -> Device:
    """Pick the first GPU that works, or the CPU; call it before any other TensorFlow work.

    Memory growth makes TensorFlow take GPU memory as it is needed, not all of it at once, which
    leaves room for other processes on the same GPU.
    Source: https://www.tensorflow.org/guide/gpu#limiting_gpu_memory_growth
    """
    gpus = tf.config.list_physical_devices("GPU")
    version = f"TensorFlow {tf.__version__}"
    if not gpus:
        return Device("/CPU:0", f"{version}, training on the CPU")
    try:
        for gpu in gpus:
            tf.config.experimental.set_memory_growth(gpu, True)
        try_step("/GPU:0")
        details = tf.config.experimental.get_device_details(gpus[0])
    except Exception:
        # A driver or a library that does not fit shows only when something is computed.
        logger.exception("the GPU that was found cannot be used")
        why = "the GPU found here cannot be used"
        return Device("/CPU:0", f"{version}, training on the CPU: {why}")
    return Device("/GPU:0", f"{version}, training on the GPU {details.get('device_name', '0')}")


def try_step(device: str) -> None:
    """Take one compiled training step, as runs do.

    Args:
        device: the TensorFlow name.

    Raises:
        Exception: whatever TensorFlow says if it cannot.
    """
    with tf.device(device):
        weights = tf.Variable(tf.zeros((4, 2)))
        optimizer = keras.optimizers.Adam()
        optimizer.build([weights])

        def step(inputs: tf.Tensor) -> tf.Tensor:
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(tf.matmul(inputs, weights) - 1.0))
            optimizer.apply(tape.gradient(loss, [weights]), [weights])
            return loss

        compiled = tf.function(step, autograph=False, jit_compile=True)
        loss = compiled(tf.ones((8, 4)))
        # TensorFlow takes another device in silence where this one will not do.
        if not np.isfinite(loss.numpy()) or device.removeprefix("/") not in loss.device:
            raise RuntimeError(f"a step on {device} gave {loss.numpy()} on {loss.device}")
