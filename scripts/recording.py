"""The command line of what trains, and writes a file that ships."""

import argparse
from collections.abc import Callable
from pathlib import Path

from digits.dataset import DEFAULT_FOLDER, Mnist, load_mnist


def record(description: str, file: Path, make: Callable[[Mnist, Path], None]) -> None:
    """Read the command line, and make the file.

    Args:
        description: of the script; its first line is shown.
        file: where it is written if nothing else is said.
        make: writes it.
    """
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--file", type=Path, default=file, help="where to write")
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, help="folder with MNIST")
    arguments = parser.parse_args()
    make(load_mnist(arguments.data), arguments.file)
