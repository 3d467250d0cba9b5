import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from benchmarks.reading.drawing_records import draw, rasterise
from digits.drawing import find_ink, prepare, squeeze
from digits.inference import digit_probabilities
from digits.resizing import resize
from digits.stroke_width import BOLDEST, THINNEST

SEVEN = [np.array([[60.0, 60.0], [160.0, 60.0], [100.0, 220.0]])]


def on_canvas(ink, paper=(255, 255, 255, 255), pen=(0, 0, 0, 255)):
    """Ink as it lies on a canvas of one colour, RGBA."""
    share = ink[..., None] / 255
    return (np.array(paper) * (1 - share) + np.array(pen) * share).round().astype(np.uint8)


def centre_of_mass(image):
    return [
        float((image.sum(axis=1 - axis) * np.arange(28)).sum() / image.sum()) for axis in (0, 1)
    ]


shapes = st.one_of(
    st.tuples(st.integers(0, 40), st.integers(0, 40)),
    st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(1, 4)),
)


@settings(max_examples=150, deadline=None)
@given(shapes.flatmap(lambda shape: arrays(np.uint8, shape)))
def test_any_pixels_give_a_valid_image_and_probabilities(pixels):
    preparation = prepare(pixels)
    for image in (preparation.image, squeeze(pixels)):
        assert image.shape == (28, 28)
        assert image.dtype == np.uint8
    assert preparation.is_blank == (not preparation.image.any())
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=(784, 10)).astype(np.float32), np.zeros(10, np.float32)]
    probabilities = digit_probabilities(weights, "relu", preparation.image[None])
    assert np.isfinite(probabilities).all()
    assert probabilities.sum() == pytest.approx(1, abs=1e-5)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    brush=st.floats(1, 80),
    points=st.lists(st.tuples(st.floats(-100, 400), st.floats(-100, 400)), min_size=1, max_size=12),
)
def test_any_drawing_keeps_within_the_middle_and_fills_it(seed, brush, points):
    preparation = prepare(
        draw([[list(point) for point in points]], np.random.default_rng(seed), brush)
    )
    assert not preparation.is_blank
    assert np.isfinite(preparation.stroke_width)
    seen = preparation.image > 30
    height, width = (np.ptp(np.flatnonzero(seen.any(axis=axis))) + 1 for axis in (1, 0))
    assert 16 <= max(height, width) <= 20  # its edges may be fainter than what is seen


@pytest.mark.parametrize("value", [0, 128, 255])
@pytest.mark.parametrize("shape", [(320, 320, 4), (320, 320), (1, 1, 4), (0, 0, 4)])
def test_one_colour_all_over_is_blank(shape, value):
    preparation = prepare(np.full(shape, value, np.uint8))
    assert preparation.is_blank
    assert not preparation.image.any()


def test_one_pixel_is_no_blank():
    pixels = np.zeros((320, 320, 4), np.uint8)
    pixels[17, 200] = 255
    assert not prepare(pixels).is_blank


def test_the_colours_of_pen_and_paper_do_not_matter():
    ink = rasterise(SEVEN, 18)
    expected = prepare(ink).image
    on = {
        "dark on light": on_canvas(ink),
        "light on dark": on_canvas(ink, (15, 17, 22, 255), (255, 255, 255, 255)),
        "blue on grey": on_canvas(ink, (230, 230, 230, 255), (0, 90, 200, 255)),
        "transparent": np.dstack([np.zeros((320, 320, 3), np.uint8), ink]),
        "transparent, white pen": np.dstack([np.full((320, 320, 3), 255, np.uint8), ink]),
    }
    for name, canvas in on.items():
        difference = np.abs(prepare(canvas).image.astype(int) - expected)
        assert difference.max() <= 24, name


def test_place_and_size_do_not_matter():
    small = prepare(rasterise([line * 0.5 for line in SEVEN], 9)).image
    moved = prepare(rasterise([line + 70 for line in SEVEN], 18)).image
    large = prepare(rasterise(SEVEN, 18)).image
    assert np.array_equal(moved, large)
    assert np.abs(small.astype(int) - large).mean() < 4


def test_the_centre_of_mass_lies_in_the_middle():
    image = prepare(rasterise(SEVEN, 18)).image
    assert centre_of_mass(image) == pytest.approx([13.5, 13.5], abs=0.6)


@pytest.mark.parametrize("brush", [4, 18, 50])
def test_strokes_come_out_as_wide_as_those_of_mnist(brush):
    once = prepare(rasterise(SEVEN, brush))
    again = prepare(np.kron(once.fitted, np.ones((8, 8), np.uint8)))
    assert THINNEST - 0.02 < again.stroke_width < BOLDEST + 0.03


def test_a_wide_brush_still_leaves_the_holes_of_an_eight():
    angle = np.linspace(0, 2 * np.pi, 60)
    ring = np.stack([30 * np.cos(angle), 30 * np.sin(angle)], 1)
    eight = prepare(
        rasterise([ring + shift for shift in np.array([[150, 100], [150, 160]])], 30)
    ).image
    column = eight[:, 13].astype(int)
    assert (np.diff((column > 100).astype(int)) == 1).sum() == 3


def test_squeezing_keeps_the_place():
    pixels = np.zeros((280, 280), np.uint8)
    pixels[10:20, 30:40] = 255
    assert np.argwhere(squeeze(pixels)).tolist() == [[1, 3]]


def test_resizing_keeps_the_mean():
    image = np.random.default_rng(0).random((37, 53), dtype=np.float32)
    for height, width in ((20, 20), (37, 53), (80, 60)):
        assert resize(image, height, width).mean() == pytest.approx(image.mean(), rel=1e-4)


def test_ink_is_what_differs_from_the_edge():
    pixels = np.full((9, 9), 200, np.uint8)
    pixels[4, 4], pixels[2, 2] = 0, 100
    ink = find_ink(pixels)
    assert ink[4, 4] == 1
    assert ink[2, 2] == pytest.approx(0.5)
    assert ink.sum() == pytest.approx(1.5)


@pytest.mark.parametrize("shape", [(5,), (5, 5, 5), (2, 5, 5, 4), (5, 5, 0)])
def test_what_is_no_picture_is_refused(shape):
    with pytest.raises(ValueError, match="expected"):
        prepare(np.zeros(shape, np.uint8))


ONE = [np.array([[150.0, 110.0], [150.0, 210.0]])]
ZERO = [
    np.array([[150.0, 110], [180, 130], [180, 190], [150, 210], [120, 190], [120, 130], [150, 110]])
]
FIVE = [
    np.array([[125.0, 110], [125, 150], [165, 155], [170, 185], [150, 205], [120, 200]]),
    np.array([[125.0, 110.0], [175.0, 108.0]]),
]
DIGITS = {"zero": ZERO, "one": ONE, "five": FIVE, "seven": [SEVEN[0] / 2 + 90]}
STRAY = {
    "far to the right": [290.0, 160.0],
    "above": [150.0, 30.0],
    "in the corner": [25.0, 300.0],
    "close to the left": [75.0, 160.0],
}


@pytest.mark.parametrize("length", [0.0, 9.0])
@pytest.mark.parametrize("place", STRAY.values(), ids=STRAY)
@pytest.mark.parametrize("digit", DIGITS.values(), ids=DIGITS)
def test_a_stray_dot_beside_a_digit_is_left_out(digit, place, length):
    dot = np.array([place, [place[0] + length, place[1]]])
    alone, beside = (prepare(rasterise(lines, 18)) for lines in (digit, [*digit, dot]))
    assert (beside.image == alone.image).all()
    assert beside.crop.shape == alone.crop.shape


IN_PIECES = {
    "a five whose bar is a stroke of its own": [FIVE[0], FIVE[1] + [15.0, -20.0]],
    "a four in two strokes": [
        np.array([[120.0, 110], [110, 160], [140, 160]]),
        np.array([[175.0, 110.0], [175.0, 220.0]]),
    ],
    "a one that was broken": [
        np.array([[150.0, 60.0], [150.0, 100.0]]),
        np.array([[150.0, 150.0], [150.0, 250.0]]),
    ],
    "a one of dots": [np.array([[150.0, y], [150.0, y]]) for y in range(60, 270, 40)],
    "a dot so close that the hand just lifted": [*ONE, np.array([[150.0, 234], [150, 237]])],
}


@pytest.mark.parametrize("strokes", IN_PIECES.values(), ids=IN_PIECES)
def test_a_digit_in_pieces_keeps_all_of_them(strokes):
    preparation = prepare(rasterise(strokes, 18))
    inked = [np.flatnonzero(preparation.ink.any(axis=axis)) for axis in (1, 0)]
    for length, along in zip(preparation.crop.shape, inked, strict=True):
        assert length == pytest.approx(np.ptp(along) + 1, abs=2)
