"""Pictures: those that browsers send, and small grey ones, enlarged so that pixels can be seen."""

import base64
import io
import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image

THUMBNAIL = 128
LARGEST_SIDE = 1280  # of a canvas on a screen with four pixels for one


def decoded(picture: bytes) -> NDArray[np.uint8]:
    """RGBA pixels [height, width, 4] of a PNG file.

    Raises:
        ValueError: it is larger than any canvas. A small file can hold a picture of gigabytes.
        Exception: it is no PNG, or a damaged one.
    """
    # No other format: for some of them Pillow starts programs.
    with Image.open(io.BytesIO(picture), formats=["PNG"]) as image:
        if max(image.size) > LARGEST_SIDE:
            raise ValueError(f"expected at most {LARGEST_SIDE} pixels a side, not {image.size}")
        return np.asarray(image.convert("RGBA"))


def enlarged(image: NDArray[np.uint8], factor: int = 7) -> NDArray[np.uint8]:
    """Repeat every pixel of [height, width] `factor` times in both directions."""
    return image.repeat(factor, axis=0).repeat(factor, axis=1)


def explained(contributions: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Contributions of [28, 28] pixels as a picture: blue spoke for the answer, orange against."""
    strength = contributions / max(float(np.abs(contributions).max()), 1e-9)
    spoke_for = np.maximum(strength, 0)[..., None] * np.array([0x56, 0xB4, 0xE9])
    against = np.maximum(-strength, 0)[..., None] * np.array([0xE6, 0x9F, 0x00])
    return np.asarray(spoke_for + against, np.uint8)


def reduced(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A grey picture made smaller by a whole factor, to somewhat more than `THUMBNAIL` pixels."""
    factor = max(1, max(image.shape) // THUMBNAIL)
    return np.asarray(Image.fromarray(image).reduce(factor))


def contact_sheet(images: NDArray[np.uint8], columns: int) -> NDArray[np.uint8]:
    """Lay out images [count, height, width] in rows of `columns`, three times enlarged.

    What is missing in the last row is black.
    """
    count, height, width = images.shape
    missing = np.zeros((-count % columns, height, width), np.uint8)
    rows = np.concatenate([images, missing]).reshape(-1, columns, height, width)
    sheet = rows.transpose(0, 2, 1, 3).reshape(len(rows) * height, columns * width)
    return enlarged(sheet, 3)


def picture_address(image: NDArray[np.uint8]) -> str:
    """The picture itself as an address.

    It reaches the browser together with all else that a stroke changes, instead of being kept on
    the server until the browser has asked for it.

    Args:
        image: [height, width] or [height, width, 3].
    """
    return "data:image/png;base64," + base64.b64encode(png_file(image)).decode()


def png_file(image: NDArray[np.uint8]) -> bytes:
    """A PNG file, after W3C, Portable Network Graphics, 2003.

    Pillow takes much longer for pictures as small as these, of which a stroke has six.
    """
    height, width = image.shape[:2]
    grey, colour = 0, 2
    kind = grey if image.ndim == 2 else colour
    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    unfiltered = np.zeros((height, 1), np.uint8)  # each row begins with how it was filtered
    rows = np.concatenate([unfiltered, image.reshape(height, -1)], axis=1).tobytes()
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
        for name, content in parts
    )
