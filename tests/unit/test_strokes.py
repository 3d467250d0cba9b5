import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digits.drawing import prepare
from digits.strokes import (
    MOST_COMMANDS,
    MOST_STROKES,
    Stroke,
    as_drawing,
    contradicts,
    rasterise,
    read_strokes,
)

SIDE = 320
SEVEN = [
    Stroke(18.0, [("M", 90.0, 80.0), ("L", 224.0, 80.0), ("Q", 224.0, 90.0, 144.0, 256.0)]),
]


def picture(ink):
    """White ink on the canvas' paper, RGBA."""
    share = ink[..., None] / 255
    colours = (255 * share + np.array([16, 22, 29]) * (1 - share)).astype(np.uint8)
    return np.dstack([colours, np.full_like(ink, 255)])


def test_strokes_are_read_back_as_they_were():
    assert read_strokes(as_drawing(SEVEN, "#ffffff")) == SEVEN
    assert read_strokes({"objects": []}) == []


def path(*commands, width=18):
    return {"objects": [{"path": list(commands), "strokeWidth": width}]}


@pytest.mark.parametrize(
    "drawing",
    [
        None,
        [],
        {},
        {"objects": {}},
        {"objects": [{}] * (MOST_STROKES + 1)},
        {"objects": [7]},
        path(),
        path(["M", 1]),
        path(["M", 1, math.nan]),
        path(["M", 1, math.inf]),
        path(["M", 1, 1e9]),
        path(["M", 1, True]),
        path(["M", "1", 1]),
        path(["C", 1, 1, 1, 1, 1, 1]),
        path([["M"], 1, 1]),
        path(["M", 1, 1], width=0),
        path(["M", 1, 1], width=math.nan),
        path(["M", 1, 1], width=1e6),
        path(*[["M", 1, 1]] * (MOST_COMMANDS + 1)),
        {"objects": [path(*[["M", 1, 1]] * 300)["objects"][0]] * 100},
    ],
)
def test_what_no_hand_draws_is_refused(drawing):
    with pytest.raises(ValueError, match="expected"):
        read_strokes(drawing)


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["objects", "path", "strokeWidth"]), inner, max_size=3)
    ),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(json)
def test_whatever_a_browser_sends_is_read_or_refused(sent):
    try:
        strokes = read_strokes(sent)
    except ValueError:
        return
    assert rasterise(strokes, SIDE).shape == (SIDE, SIDE)


def test_ink_is_as_wide_as_the_brush_with_round_ends():
    ink = rasterise([Stroke(20.0, [("M", 100.0, 160.0), ("L", 200.0, 160.0)])], SIDE)
    assert (ink[:, 150] > 128).sum() == pytest.approx(20, abs=1)
    assert (ink[160] > 128).sum() == pytest.approx(120, abs=1)
    assert ink[151, 91] < 128, "the end is round"


def test_a_picture_of_the_strokes_is_believed_and_read_alike():
    ink = rasterise(SEVEN, SIDE)
    assert not contradicts(picture(ink), SEVEN)
    difference = np.abs(prepare(picture(ink)).image.astype(int) - prepare(ink).image)
    assert difference.max() <= 24


def test_a_dot_and_strokes_beyond_the_edge_are_believed():
    for strokes in (
        [Stroke(18.0, [("M", 100.0, 100.0), ("L", 100.001, 100.0)])],
        [Stroke(40.0, [("M", -30.0, 100.0), ("L", 400.0, 100.0)])],
    ):
        assert not contradicts(picture(rasterise(strokes, SIDE)), strokes)


@pytest.mark.parametrize("kind", ["white", "black", "clear", "noise", "grey noise"])
def test_what_blurring_browsers_send_contradicts(kind):
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (SIDE, SIDE, 4), dtype=np.uint8)
    grey = rng.integers(0, 256, (SIDE, SIDE, 1), dtype=np.uint8).repeat(4, axis=2)
    grey[..., 3] = noise[..., 3] = 255
    sent = {
        "white": np.full((SIDE, SIDE, 4), 255, np.uint8),
        "black": np.full((SIDE, SIDE, 4), (0, 0, 0, 255), np.uint8),
        "clear": np.zeros((SIDE, SIDE, 4), np.uint8),
        "noise": noise,
        "grey noise": grey,
    }[kind]
    assert contradicts(sent, SEVEN)
