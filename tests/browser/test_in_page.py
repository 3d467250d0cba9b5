"""The page's own reader, in Chromium, beside the NumPy that it has to equal."""

from collections.abc import Iterator
from pathlib import Path
from zlib import adler32

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser

from benchmarks.reading.drawing_records import CANVAS_SIDE, draw
from benchmarks.reading.in_page import (
    MOST_OF_A_PROBABILITY,
    MOST_OF_AN_IMAGE,
    Network,
    PageReader,
    difference,
    expected,
    on_paper,
    ready_made_network,
)
from benchmarks.reading.not_digits import HELD_OUT_SCRIBBLES, dots
from digits.dataset import load_test_images
from digits.drawing import Pixels, prepare
from digits.inference import FloatArray
from digits.outlier_detection import doubt
from digits.settings import ACTIVATIONS, Activation, TrainingSettings
from tests.unit.test_outlier_detection import side_by_side
from ui.shared.in_page.detector import RULES
from ui.shared.in_page.weights import as_bytes

ROOT = Path(__file__).parents[2]
READY_MADE = ready_made_network()
DIGITS = 9
PLACES = [(0.25, 0.05, 0.7), (0.5, 0.4, 0.1), (0.95, 0.02, 0.03)]  # size, and corner
SEVEN = [[[0.0, 0.0], [10.0, 0.0], [4.0, 14.0]]]


@pytest.fixture(scope="module")
def reader(chromium: Browser) -> Iterator[PageReader]:
    """The page's modules, with the ready-made network."""
    made = PageReader(chromium, READY_MADE)
    yield made
    made.close()


def assert_same(reader: PageReader, canvas: Pixels, squeezes: bool = False) -> int:
    """Read a canvas in the page and here; returns the digit that was read."""
    answer = reader.answer(canvas, squeezes)
    found = difference(answer, expected(canvas, READY_MADE, squeezes))
    assert found.pixel <= MOST_OF_AN_IMAGE
    assert found.probability <= MOST_OF_A_PROBABILITY
    return int(answer.probabilities.argmax())


def drawn_digit(digit: Pixels, size: float, top: float, left: float) -> Pixels:
    """A digit of MNIST on a transparent canvas, its size and corner as shares of the canvas."""
    side = round(size * CANVAS_SIDE)
    canvas = Image.new("L", (CANVAS_SIDE, CANVAS_SIDE))
    enlarged = Image.fromarray(digit).resize((side, side), Image.Resampling.BICUBIC)
    canvas.paste(enlarged, (round(left * CANVAS_SIDE), round(top * CANVAS_SIDE)))
    ink = np.asarray(canvas)
    return np.dstack([np.zeros((*ink.shape, 3), np.uint8), ink])


def test_page_and_server_read_the_same_at_three_sizes_and_places(reader: PageReader) -> None:
    digits = load_test_images(ROOT / "data" / "mnist")
    assert digits
    answers = set()
    for digit in digits[0][:DIGITS]:
        for place in PLACES:
            canvas = drawn_digit(digit, *place)
            answers |= {assert_same(reader, canvas), assert_same(reader, on_paper(canvas))}
    assert len(answers) > 4, "different digits were read"


@pytest.mark.parametrize("brush", [8, 18, 40])
def test_strokes_of_any_width_are_evened_as_the_server_does(
    reader: PageReader, brush: float
) -> None:
    for seed in range(6):
        assert_same(reader, on_paper(draw(SEVEN, np.random.default_rng(seed), brush)))


def test_the_squeezed_canvas_is_the_same_too(reader: PageReader) -> None:
    for seed in range(6):
        assert_same(reader, on_paper(draw(SEVEN, np.random.default_rng(seed))), squeezes=True)


def filled(height: int, width: int, *value: int) -> Pixels:
    return np.full((height, width, 4), value, np.uint8)


def with_ink(canvas: Pixels, *places: tuple[slice, slice]) -> Pixels:
    for place in places:
        canvas[place] = 255
    return canvas


def noise(height: int, width: int) -> Pixels:
    return np.random.default_rng(0).integers(0, 256, (height, width, 4), np.uint8)


PAPER = (16, 22, 29, 255)
HOSTILE = {
    "empty": filled(320, 320, *PAPER),
    "full": filled(320, 320, 255, 255, 255, 255),
    "transparent": filled(320, 320, 0, 0, 0, 0),
    "transparent white": filled(320, 320, 255, 255, 255, 0),
    "one pixel": with_ink(filled(320, 320, *PAPER), np.s_[160:161, 160:161]),
    "one pixel in the corner": with_ink(filled(320, 320, *PAPER), np.s_[0:1, 0:1]),
    "nearly full": with_ink(filled(320, 320, *PAPER), np.s_[1:319, 1:319]),
    "faint": with_ink(filled(320, 320, 240, 240, 240, 255), np.s_[100:200, 150:170]),
    "fainter than ink": with_ink(filled(320, 320, 235, 235, 235, 255), np.s_[9:20, 150:170]),
    "a line across": with_ink(filled(320, 320, *PAPER), np.s_[160:161, 10:310]),
    "a symmetrical one": with_ink(filled(320, 320, *PAPER), np.s_[60:260, 150:170]),
    "a one and a dot": with_ink(
        filled(320, 320, *PAPER), np.s_[60:260, 150:170], np.s_[20:40, 280:300]
    ),
    "a one and two dots": with_ink(
        filled(320, 320, *PAPER), np.s_[60:260, 150:170], np.s_[9:29, 9:29], np.s_[290:310, 290:310]
    ),
    "half transparent": with_ink(filled(320, 320, 200, 100, 50, 128), np.s_[60:260, 150:170]),
    "noise": noise(320, 320),
    "one by one": filled(1, 1, *PAPER),
    "one row": with_ink(filled(1, 320, *PAPER), np.s_[:, 100:200]),
    "one column": with_ink(filled(320, 1, *PAPER), np.s_[100:200, :]),
    "three by seven": with_ink(filled(7, 3, *PAPER), np.s_[2:5, 1:2]),
    "high": with_ink(filled(640, 200, *PAPER), np.s_[100:500, 90:110]),
    "large": with_ink(filled(1280, 1280, *PAPER), np.s_[300:900, 600:680]),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_canvases_are_read_the_same(reader: PageReader, name: str) -> None:
    assert_same(reader, HOSTILE[name])
    assert_same(reader, HOSTILE[name], squeezes=True)


def test_the_same_drawing_has_the_same_answer_whatever_came_between(reader: PageReader) -> None:
    canvas = on_paper(draw(SEVEN, np.random.default_rng(3)))
    first = reader.answer(canvas)
    for name in ("noise", "one column", "large", "empty"):
        reader.answer(HOSTILE[name])
        again = reader.answer(canvas)
        assert (again.image == first.image).all()
        assert (again.probabilities == first.probabilities).all()


def random_network(settings: TrainingSettings, seed: int = 0) -> Network:
    """A network of a shape, with weights that nobody has trained."""
    rng = np.random.default_rng(seed)
    weights: list[FloatArray] = []
    for inputs, units in zip(settings.layer_widths, settings.layer_widths[1:], strict=False):
        scale = np.sqrt(2 / inputs)
        weights += [
            rng.normal(0, scale, (inputs, units)).astype(np.float32),
            rng.normal(0, 0.1, units).astype(np.float32),
        ]
    return Network(settings, weights, temperature=1.3)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("layers", [(), (7,), (1024,), (40, 30, 20, 10, 9, 8)])
def test_every_shape_and_activation_is_computed(
    reader: PageReader, layers: tuple[int, ...], activation: Activation
) -> None:
    network = random_network(TrainingSettings(hidden_layers=layers, activation=activation))
    canvas = on_paper(draw(SEVEN, np.random.default_rng(1)))
    reader.take(network)
    try:
        found = difference(reader.answer(canvas), expected(canvas, network))
    finally:
        reader.take(READY_MADE)
    assert found.probability <= MOST_OF_A_PROBABILITY


REASON = """async ([image, rules]) => {
  const { reasonOfShape } = await import("/doubt.js")
  return reasonOfShape(image, rules)
}"""


def test_what_the_shape_of_a_drawing_tells_is_the_same_as_on_the_server(reader: PageReader) -> None:
    rng = np.random.default_rng(3)
    bars = [[[0.0, 0.0], [9.0, 0.0]], [[0.0, 40.0], [9.0, 40.0]], [[0.0, 80.0], [9.0, 80.0]]]
    numbers = [side_by_side(*names) for names in ("10", "27", "38", "606")]
    dot = draw([[[0.0, 0.0]]], rng, brush=40)
    others = [dot, *(draw(strokes, rng) for strokes in (bars, SEVEN, dots(rng)))]
    scribbles = [draw(make(rng), rng) for make in HELD_OUT_SCRIBBLES for _ in range(3)]
    found = set()
    for canvas in map(on_paper, [*numbers, *others, *scribbles]):
        answer = doubt(prepare(canvas))
        expected_reason = answer.reason if answer and answer.reason != "unlike" else ""
        image = [int(pixel) for pixel in reader.answer(canvas).image.ravel()]
        assert reader.page.evaluate(REASON, [image, RULES]) == expected_reason
        found.add(expected_reason)
    assert found == {"dot", "number", "parts", ""}


CHECKSUM = """async () => {
  const { adler32 } = await import("/weights.js")
  return adler32(new Uint8Array(await content("weights")))
}"""


def test_the_checksum_is_that_of_zlib(reader: PageReader) -> None:
    content = as_bytes(READY_MADE.weights)
    assert reader.page.evaluate(CHECKSUM) == f"{adler32(content):08x}"
