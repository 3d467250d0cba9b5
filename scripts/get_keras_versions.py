"""Make an environment for each version of Keras that a `.keras` file is to be opened with.

    python -m scripts.get_keras_versions

They lie in `data/keras/`, 0.7 GB each; the newest is brought up to date each time. None
needs TensorFlow: Keras computes with NumPy there.
"""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "data" / "keras"
NEWEST = "newest"
VERSIONS = ("3.5.0", "3.8.0", "3.10.0", "3.12.0", NEWEST)
# Keras imports the second for its NumPy backend too.
BESIDE = ("scipy", "jax")


def python_of(version: str) -> Path:
    """The Python that has this version of Keras, once it was made."""
    return FOLDER / version / "bin" / "python"


def make(version: str) -> None:
    """Make the environment of a version, or what is missing of it."""
    keras = "keras" if version == NEWEST else f"keras=={version}"
    if not python_of(version).exists():
        subprocess.run([sys.executable, "-m", "venv", FOLDER / version], check=True)
    install = ["-m", "pip", "install", "--quiet", "--upgrade", keras, *BESIDE]
    subprocess.run([python_of(version), *install], check=True)


if __name__ == "__main__":
    for each in VERSIONS:
        print(f"Keras {each}", flush=True)
        make(each)
