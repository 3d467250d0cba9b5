"""Which device TensorFlow runs on, prepared so that several runs can share it."""

from dataclasses import dataclass
from functools import cache

import tensorflow as tf


@dataclass(frozen=True)
class Device:
    """The device that trains: its TensorFlow name, and a line about it for people."""

    name: str
    description: str


@cache
def prepare_device() -> Device:
    """Pick the first GPU, or the CPU where there is none; call it before any other TensorFlow work.

    Memory growth makes TensorFlow take GPU memory as it is needed, not all of it at once, which
    leaves room for other processes on the same GPU.
    Source: https://www.tensorflow.org/guide/gpu#limiting_gpu_memory_growth
    """
    gpus = tf.config.list_physical_devices("GPU")
    for gpu in gpus:
        tf.config.experimental.set_memory_growth(gpu, True)
    version = f"TensorFlow {tf.__version__}"
    if not gpus:
        return Device("/CPU:0", f"{version}. GPU device not found, running on CPU")
    details = tf.config.experimental.get_device_details(gpus[0])
    return Device("/GPU:0", f"{version}, running on GPU {details.get('device_name', '0')}")
