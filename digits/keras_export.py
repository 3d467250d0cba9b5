"""A `.keras` file that every Keras from 3.5 on opens, and what to do with one.

Newer versions write into the file what older ones refuse. Nothing of it is of use to a network of
dense layers, so that only what 3.5 knows is left in.
"""

import json
from io import BytesIO
from typing import IO, Any
from zipfile import ZipFile

OLDEST_KERAS = "3.5"
CONFIG = "config.json"

_EVERY_LAYER = {"name", "trainable", "dtype"}
# What Keras 3.5 takes of each part of the network, by the name of its class.
_KNOWN = {
    "Sequential": {*_EVERY_LAYER, "layers", "build_input_shape"},
    "DTypePolicy": {"name"},
    "InputLayer": {"name", "dtype", "batch_shape", "sparse"},
    "Flatten": {*_EVERY_LAYER, "data_format"},
    "Dropout": {*_EVERY_LAYER, "rate", "seed", "noise_shape"},
    "Softmax": {*_EVERY_LAYER, "axis"},
    "Dense": {
        *_EVERY_LAYER,
        *("units", "activation", "use_bias", "kernel_initializer", "bias_initializer"),
        *("kernel_regularizer", "bias_regularizer", "kernel_constraint", "bias_constraint"),
    },
    "GlorotUniform": {"seed"},
    "HeNormal": {"seed"},
    "LecunNormal": {"seed"},
    "RandomNormal": {"mean", "stddev", "seed"},
    "Zeros": set(),
    "L2": {"l2"},
    "L1L2": {"l1", "l2"},
}

EXAMPLE = """\
import keras  # with TensorFlow, JAX or PyTorch beside it
import numpy as np

network = keras.saving.load_model("{file_name}")

image = np.zeros((28, 28), "float32")  # 0 is black paper, 1 is white ink
image[6:22, 13:15] = 1  # a stroke from top to bottom
probabilities = np.asarray(network(image[None]), "float64")[0]

# As sure as this page says: the logarithms are divided by the network's temperature.
temperature = {temperature}
probabilities **= 1 / temperature
probabilities /= probabilities.sum()
print(probabilities.argmax(), probabilities.round(4))
"""


def for_older_versions(file: bytes) -> bytes:
    """A `.keras` file without what Keras 3.5 does not know.

    Args:
        file: a network of `build_network`, as any newer version saves it.

    Raises:
        KeyError: there is a part in it that is not known here.
    """
    kept = BytesIO()
    with ZipFile(BytesIO(file)) as made, ZipFile(kept, "w") as copy:
        for entry in made.infolist():
            content = made.read(entry)
            if entry.filename == CONFIG:
                content = json.dumps(_known(json.loads(content))).encode()
            copy.writestr(entry, content)
    return kept.getvalue()


def is_for_newer_versions(file: IO[bytes]) -> bool:
    """Whether there is something in a `.keras` file that Keras 3.5 does not know.

    Args:
        file: to be read from its beginning; afterwards it is there again.
    """
    with ZipFile(file) as made:
        config = json.loads(made.read(CONFIG))
    file.seek(0)
    return bool(config != _known(config))


def _known(part: Any) -> Any:
    """A part of the configuration with those of its settings, and of its parts', that are known."""
    if isinstance(part, list):
        return [_known(each) for each in part]
    if not isinstance(part, dict) or "class_name" not in part:
        return part
    names = _KNOWN[part["class_name"]]
    config = {name: _known(value) for name, value in part["config"].items() if name in names}
    return {**part, "config": config}
