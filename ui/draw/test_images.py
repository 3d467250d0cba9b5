"""Test images to be read instead of a drawing, for those who cannot draw."""

import streamlit as st

from digits.drawing import Pixels
from digits.words import a_digit
from server.resources import example_digits
from ui.shared.picture import enlarged


def wants_test_image() -> bool:
    """Let the visitor choose; there is nothing to choose while MNIST is not here."""
    return example_digits() is not None and st.toggle("Pick a test image instead", key="pick")


def picked_image() -> Pixels | None:
    """Let the visitor pick one of the test images, [28, 28]; None while MNIST is not here."""
    digits = example_digits()
    if digits is None:
        return None
    number = st.number_input("Test image, 1 to 10,000", 1, 10_000, key="picked")
    pixels: Pixels = digits[0][number - 1]
    said = f"Written as {a_digit(int(digits[1][number - 1]))}."
    st.image(enlarged(pixels, 8), caption=said, alt="A handwritten digit")
    return pixels
