"""Pictures on their way to the browser and from it."""

import base64
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ui.shared.picture import decoded, picture_address

START = "data:image/png;base64,"


@given(st.integers(1, 40), st.integers(1, 40), st.booleans(), st.integers(0, 2**32 - 1))
def test_a_picture_in_an_address_is_the_picture(
    height: int, width: int, coloured: bool, seed: int
) -> None:
    shape = (height, width, 3) if coloured else (height, width)
    pixels = np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
    address = picture_address(pixels)
    assert address.startswith(START)
    with Image.open(io.BytesIO(base64.b64decode(address.removeprefix(START)))) as image:
        image.verify()  # checksums, too
    with Image.open(io.BytesIO(base64.b64decode(address.removeprefix(START)))) as image:
        assert image.mode == ("RGB" if coloured else "L")
        assert np.array_equal(np.asarray(image), pixels)


def test_a_picture_larger_than_any_canvas_is_refused() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (1281, 2)).save(file, "PNG")
    with pytest.raises(ValueError, match="at most 1280 pixels a side"):
        decoded(file.getvalue())
