"""A network taken home, opened by real Keras of several versions: `make test-keras` installs them.

They need no TensorFlow, and each runs in a process of its own.
"""

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from digits.calibration import calibrated
from digits.inference import FloatArray, digit_probabilities
from digits.keras_export import EXAMPLE
from digits.network import build_network, dense_layers
from digits.settings import ACTIVATIONS, INITIALIZERS, TrainingSettings
from scripts.get_keras_versions import NEWEST, VERSIONS, python_of
from trainer.evaluation import keras_file

SETTINGS = [
    TrainingSettings(hidden_layers=()),
    TrainingSettings(hidden_layers=(1024, 384), seed=3),
    TrainingSettings(hidden_layers=(8,) * 6, dropout=0.3, l2=0.01),
    TrainingSettings(hidden_layers=(8,), l1=0.01, l2=0.001),
    *(TrainingSettings(hidden_layers=(8,), initializer=each) for each in INITIALIZERS),
    *(TrainingSettings(hidden_layers=(16, 16), activation=each) for each in ACTIVATIONS),
]
PROGRAM = """
import sys
import keras
import numpy as np

images = np.load("images.npy") / np.float32(255)
for number in range(int(sys.argv[1])):
    network = keras.saving.load_model(f"{number}.keras")
    np.save(f"{number}.npy", np.asarray(network(images)))
print(keras.__version__)
"""


@pytest.fixture(scope="module")
def networks(
    small_mnist, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[FloatArray]]:
    """A folder with images and networks, and what each makes of the images here."""
    folder = tmp_path_factory.mktemp("networks")
    np.save(folder / "images.npy", small_mnist.test_images[:200])
    answers = []
    for number, settings in enumerate(SETTINGS):
        dice = np.random.default_rng(number)
        layers = dense_layers(build_network(settings))
        weights = [
            (0.05 * dice.standard_normal(each.shape)).astype(np.float32)
            for layer in layers
            for each in layer.get_weights()
        ]
        (folder / f"{number}.keras").write_bytes(keras_file(settings, weights))
        images = small_mnist.test_images[:200]
        answers.append(digit_probabilities(weights, settings.activation, images))
        stroke = np.zeros((1, 28, 28), np.uint8)
        stroke[0, 6:22, 13:15] = 255
        last = digit_probabilities(weights, settings.activation, stroke)
    example = EXAMPLE.format(file_name=f"{number}.keras", temperature=1.3)
    (folder / "example.py").write_text(example)
    return folder, [*answers, calibrated(last, 1.3)[0]]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_opens_it_and_gives_the_same_probabilities(
    networks: tuple[Path, list[FloatArray]], version: str
) -> None:
    folder, (*answers, stroke) = networks
    opened_by = printed(folder, version, "-c", PROGRAM, str(len(SETTINGS)))
    assert version in (NEWEST, opened_by.strip())
    for number, ours in enumerate(answers):
        theirs = np.load(folder / f"{number}.npy")
        np.testing.assert_allclose(theirs, ours, atol=2e-6, err_msg=str(SETTINGS[number]))
    said = printed(folder, version, "example.py")
    digit, shares = said.split(maxsplit=1)
    assert int(digit) == stroke.argmax()
    np.testing.assert_allclose(np.fromstring(shares.strip("[]\n"), sep=" "), stroke, atol=6e-5)


def printed(folder: Path, version: str, *arguments: str) -> str:
    """What a program prints with this version of Keras."""
    python = python_of(version)
    if not python.exists():
        pytest.skip("this version of Keras is not here: make test-keras installs it")
    for file in folder.glob("?.npy"):
        file.unlink()
    done = subprocess.run(
        [python, *arguments],
        cwd=folder,
        env={**os.environ, "KERAS_BACKEND": "numpy"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
