import numpy as np
import pytest

from benchmarks.reading.drawing_records import draw
from benchmarks.reading.not_digits import (
    HELD_OUT_FONT,
    HELD_OUT_SCRIBBLES,
    by_hand,
    dots,
    read_glyphs,
)
from digits.drawing import prepare
from digits.outlier_detection import SENTENCES, count_parts, detector_score, doubt


def flagged(canvases):
    return float(np.mean([doubt(prepare(canvas)) is not None for canvas in canvases]))


def test_a_blank_canvas_is_said_to_be_blank():
    answer = doubt(prepare(np.zeros((320, 320, 4), np.uint8)))
    assert answer is not None
    assert answer.reason == "blank"
    assert answer.sentence == SENTENCES["blank"]


def test_a_dot_is_said_to_be_a_dot():
    rows, columns = np.indices((300, 300)) - 120
    canvas = (255 * (np.hypot(rows, columns) < 12)).astype(np.uint8)
    answer = doubt(prepare(canvas))
    assert answer is not None
    assert answer.reason == "dot"


def test_several_marks_are_counted():
    image = np.zeros((28, 28), np.uint8)
    assert count_parts(image) == 0
    image[3, 3:9] = image[4, 9] = 200  # they touch at a corner
    assert count_parts(image) == 1
    image[20:24, 20] = image[10, 10] = 200
    assert count_parts(image) == 3


def test_dots_are_flagged():
    rng = np.random.default_rng(3)
    assert flagged([draw(dots(rng), rng) for _ in range(30)]) >= 0.9


def test_most_letters_and_scribbles_never_seen_before_are_flagged():
    rng = np.random.default_rng(4)
    glyphs = read_glyphs(HELD_OUT_FONT)
    letters = [draw(by_hand(glyphs[name], rng), rng) for name in "AEFHKMNRWXhkmnwx" for _ in "12"]
    scribbles = [draw(make(rng), rng) for make in HELD_OUT_SCRIBBLES for _ in range(20)]
    assert flagged(letters) > 0.7
    assert flagged(scribbles) > 0.6


def test_plain_digits_are_not_flagged():
    rng = np.random.default_rng(5)
    glyphs = read_glyphs(HELD_OUT_FONT)
    digits = [draw(by_hand(glyphs[name], rng), rng) for name in "0123456789" * 5]
    assert flagged(digits) <= 0.1


def test_scores_are_finite_for_anything():
    noise = np.random.default_rng(0).integers(0, 256, (20, 28, 28), dtype=np.uint8)
    assert np.isfinite(detector_score(noise)).all()


def side_by_side(*names, gap=0.35):
    """Digits of the held-out font, by hand, as high as each other with a gap between them."""
    rng = np.random.default_rng(6)
    glyphs = read_glyphs(HELD_OUT_FONT)
    strokes, right = [], 0.0
    for name in names:
        lines = [np.array(line, float) for line in by_hand(glyphs[name], rng)]
        points = np.concatenate(lines)
        corner, height = points.min(axis=0), np.ptp(points[:, 1])
        strokes += [((line - corner) / height + [right, 0]).tolist() for line in lines]
        right += np.ptp(points[:, 0]) / height + gap
    return draw(strokes, np.random.default_rng(7))


@pytest.mark.parametrize("names", ["10", "27", "38", "606"])
def test_digits_side_by_side_are_said_to_be_several(names):
    answer = doubt(prepare(side_by_side(*names)))
    assert answer is not None
    assert answer.reason == "number"
    assert "one digit at a time" in answer.sentence


def test_an_open_five_and_an_open_four_are_no_number():
    five: list[list[list[float]]] = [
        [[10.0, 20], [10, 90], [60, 100], [60, 180], [5, 190]],
        [[14.0, 10], [80, 10]],
    ]
    four: list[list[list[float]]] = [[[20.0, 10], [10, 90], [60, 90]], [[90.0, 10], [88, 200]]]
    for strokes in (five, four):
        answer = doubt(prepare(draw(strokes, np.random.default_rng(0))))
        assert answer is None or answer.reason != "number"
