"""MNIST's training images straight from the cache, for those who have no room for all of them."""

import struct
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.lib import format as npy

from digits.dataset import CACHE_NAME
from digits.idx_files import Bytes
from digits.settings import IMAGE_PIXELS

# Of a file in a zip archive: what stands before its name, and where the lengths of that are.
_HEADER_BYTES = 30
_LENGTHS_AT = 26


class TrainingImages(NamedTuple):
    """The training images, of which as many are read as are asked for.

    Attributes:
        file: the cache.
        start: where the pixels begin in it.
        labels: digits 0 to 9, [count].
    """

    file: Path
    start: int
    labels: Bytes

    def read(self, first: int, count: int) -> Bytes:
        """The images [count, 784] from the one with this index on."""
        offset = self.start + first * IMAGE_PIXELS
        pixels = np.fromfile(self.file, np.uint8, count * IMAGE_PIXELS, offset=offset)
        return pixels.reshape(count, IMAGE_PIXELS)


def open_training_images(folder: Path) -> TrainingImages | None:
    """Find the training images in the cache that `load_mnist` keeps; reads the labels alone.

    Args:
        folder: where the cache lies.

    Returns:
        None while there is no cache, or where it is damaged.
    """
    cache = folder / CACHE_NAME
    try:
        with np.load(cache) as arrays:
            labels = arrays["train_labels"]
        with zipfile.ZipFile(cache) as archive, cache.open("rb") as file:
            packed = archive.getinfo("train_images.npy")
            file.seek(packed.header_offset + _LENGTHS_AT)
            lengths = struct.unpack("<HH", file.read(_HEADER_BYTES - _LENGTHS_AT))
            file.seek(sum(lengths), 1)
            npy.read_magic(file)
            shape, _, kind = npy.read_array_header_1_0(file)
            is_whole = packed.compress_type == zipfile.ZIP_STORED and kind == np.uint8
            if not is_whole or shape[0] != len(labels):
                return None
            return TrainingImages(cache, file.tell(), labels)
    except Exception:  # A damaged file fails in many ways.
        return None
