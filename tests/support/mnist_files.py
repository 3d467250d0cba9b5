"""The files of MNIST in a folder, and the ways in which they can come there."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digits import dataset
from digits.dataset import Mnist


def place(files: dict[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        (folder / name).write_bytes(content)


def is_same(one: Mnist, other: Mnist) -> bool:
    return all(map(np.array_equal, one, other))


def only(monkeypatch: pytest.MonkeyPatch, ways: dict[str, Any]) -> None:
    monkeypatch.setattr(dataset, "SOURCES", ways)
