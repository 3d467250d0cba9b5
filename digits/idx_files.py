"""The four original files of MNIST, and the format that they are in."""

import math
import struct
from hashlib import sha256
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]


class IdxFile(NamedTuple):
    """One of the four original files of MNIST.

    Attributes:
        stem: The first part of its name.
        dimensions: How many axes its array has.
        size: Bytes when not compressed.
        sha256: Checksum of the uncompressed bytes.
    """

    stem: str
    dimensions: int
    size: int
    sha256: str

    @property
    def name(self) -> str:
        """The name that the file was published under."""
        return f"{self.stem}-idx{self.dimensions}-ubyte"

    @property
    def names(self) -> list[str]:
        """Every name that the file is commonly found under."""
        forms = product("-.", ("", ".gz"))
        return [f"{self.stem}{mark}idx{self.dimensions}-ubyte{end}" for mark, end in forms]


# In the order of the fields of Mnist.
IDX_FILES = (
    IdxFile(
        "train-images",
        3,
        47_040_016,
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    IdxFile(
        "train-labels",
        1,
        60_008,
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    IdxFile(
        "t10k-images",
        3,
        7_840_016,
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    IdxFile(
        "t10k-labels",
        1,
        10_008,
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
)


def parse_idx(content: bytes) -> Bytes:
    """Return the array of unsigned bytes that an IDX file holds.

    Args:
        content: The whole uncompressed file: two zero bytes, the element type (8), the number
            of axes (here 1 to 3), each axis' length as a big-endian 32-bit integer, then the
            elements.

    Returns:
        The elements, uint8, in the shape that the header states.

    Raises:
        ValueError: If the content is not such a file, or is cut short or too long.

    Source: the file format section of the MNIST database's page.
    """
    if content[:3] != b"\0\0\x08":
        raise ValueError(
            "expected an IDX file of unsigned bytes, which begins with 00 00 08, "
            f"but it begins with {content[:3].hex(' ') or 'nothing'}"
        )
    axes = content[3] if len(content) > 3 else 0
    if not 1 <= axes <= 3:
        raise ValueError(f"expected an IDX file with 1 to 3 axes, but it states {axes}")
    start = 4 + 4 * axes
    if len(content) < start:
        raise ValueError(
            f"expected an IDX header of {start} bytes, but the file ends after {len(content)}"
        )
    shape = struct.unpack(f">{axes}I", content[4:start])
    if 0 in shape:
        raise ValueError(f"expected at least one element, but the shape is {list(shape)}")
    expected = start + math.prod(shape)
    if len(content) != expected:
        raise ValueError(
            f"expected {expected} bytes for an array of shape {list(shape)}, "
            f"but the file has {len(content)}"
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def verified(file: IdxFile, content: bytes, origin: str) -> Bytes:
    """Return the array of one of the four files.

    Args:
        file: which it is.
        content: its uncompressed bytes.
        origin: where they are from, for the message.

    Raises:
        ValueError: If these are other bytes.
    """
    found = sha256(content).hexdigest()
    if found != file.sha256:
        raise ValueError(
            f"expected {file.name} of MNIST (SHA-256 {file.sha256}), "
            f"but {origin} is another file ({found}); replace it or take it away"
        )
    return parse_idx(content)
