"""A round of ten digits of one's own, with the mouse and with a finger, and what comes of it."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect

from digits.drawing import prepare
from digits.strokes import Stroke, rasterise
from scripts import browsers
from tests.browser.steps import CANVAS, draw, press_train, wait_for_state

SHAPES: list[list[browsers.Stroke]] = [
    [[(0.5, 0.2), (0.3, 0.35), (0.3, 0.65), (0.5, 0.8), (0.7, 0.65), (0.7, 0.35), (0.5, 0.2)]],
    [[(0.5, 0.2), (0.5, 0.8)]],
    [[(0.3, 0.35), (0.5, 0.2), (0.68, 0.35), (0.3, 0.8), (0.72, 0.8)]],
    [[(0.3, 0.2), (0.65, 0.22), (0.45, 0.48), (0.7, 0.65), (0.5, 0.8), (0.3, 0.72)]],
    [[(0.4, 0.2), (0.3, 0.55), (0.7, 0.55)], [(0.62, 0.35), (0.58, 0.85)]],
    [[(0.68, 0.2), (0.38, 0.2), (0.35, 0.48), (0.62, 0.5), (0.62, 0.75), (0.32, 0.78)]],
    [[(0.6, 0.2), (0.38, 0.45), (0.35, 0.75), (0.6, 0.8), (0.65, 0.6), (0.38, 0.58)]],
    [[(0.28, 0.25), (0.7, 0.25), (0.45, 0.8)]],
    [
        [(0.6, 0.3), (0.45, 0.2), (0.38, 0.35), (0.6, 0.62), (0.5, 0.8), (0.36, 0.66)],
        [(0.36, 0.66), (0.62, 0.35), (0.58, 0.25)],
    ],
    [[(0.62, 0.3), (0.45, 0.2), (0.38, 0.42), (0.6, 0.48), (0.62, 0.3), (0.56, 0.82)]],
]
PROMPT = ".st-key-pad .round-words strong"
OWN = ".st-key-own_digits"
SIDE = 320  # of the canvas


def begin(visitor: Callable[..., Page], **options: object) -> Page:
    page = visitor("/draw", **options)
    page.get_by_role("button", name="Test it with ten digits").click()
    asked_for(page, 0)
    return page


def asked_for(page: Page, digit: int) -> None:
    expect(page.locator(PROMPT)).to_have_text(f"Draw a{'n' * (digit == 8)} {digit}")


def press(page: Page, what: str) -> None:
    """Press a button of the round, and wait for the next canvas."""
    page.locator(CANVAS).evaluate("canvas => canvas.dataset.old = 'yes'")
    page.locator(f"[data-what={what}]").click()
    page.locator(f"{CANVAS}:not([data-old])").wait_for()


def draw_and_go_on(page: Page, digit: int) -> None:
    """Draw, and press Next at once: the canvas has not sent its last stroke then."""
    draw(page, *SHAPES[digit])
    press(page, "next")


def taken_home(page: Page, key: str) -> Path:
    with page.expect_download() as waiting:
        page.locator(f".st-key-{key} button").first.click()
    return Path(waiting.value.path())


def likeness(pixels: np.ndarray, digit: int, strokes: int) -> float:
    """How much a kept image is like the first so many strokes of a digit; 1 is the same."""
    shape = SHAPES[digit][:strokes]
    lines = [
        Stroke(18.0, [("L" if n else "M", x * SIDE, y * SIDE) for n, (x, y) in enumerate(stroke)])
        for stroke in shape
    ]
    expected = prepare(rasterise(lines, SIDE)).image
    return float(np.corrcoef(expected.ravel(), pixels)[0, 1])


def test_ten_digits_are_kept_read_by_every_network_and_taken_home(
    visitor: Callable[..., Page],
) -> None:
    page = begin(visitor, width=390)
    for digit in range(10):
        asked_for(page, digit)
        expect(page.locator(".st-key-predicted_digit")).to_have_count(0)
        draw_and_go_on(page, digit)
    expect(page.locator(OWN)).to_contain_text("of your 10")
    expect(page.locator(f"{OWN} li")).to_have_count(10)
    expect(page.locator(f"{OWN} .kept-words")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="Draw ten more")).to_be_in_viewport(ratio=1)
    expect(page.locator(".answer-network")).to_be_in_viewport()  # the page is not at its foot
    expect(page.get_by_test_id("stToast")).to_have_count(0)
    page.set_viewport_size({"width": 1280, "height": 900})
    rows = list(csv.reader(io.StringIO(taken_home(page, "own_csv").read_text())))
    pixels = np.array(rows, int)
    assert pixels[:, 0].tolist() == list(range(10))
    pixels = pixels[:, 1:]
    assert pixels.shape == (10, 784)
    for digit, shape in enumerate(SHAPES):
        assert likeness(pixels[digit], digit, len(shape)) > 0.75
    for digit in (4, 8):
        first, both = (likeness(pixels[digit], digit, strokes) for strokes in (1, 2))
        assert both > first + 0.1, "the last stroke as well, though Next was pressed at once"
    sheet = np.asarray(Image.open(taken_home(page, "own_png")))
    assert sheet.shape == (3 * 28, 3 * 280)
    assert np.array_equal(sheet[::3, ::3][:, :28].ravel(), pixels[0])
    page.goto("/?epochs=1")
    press_train(page)
    wait_for_state(page, "finished")
    expect(page.locator(".st-key-own_accuracy")).to_contain_text("of your 10")
    other = visitor(page.url.removeprefix(page.evaluate("location.origin")))
    wait_for_state(other, "finished")
    other.locator(".st-key-test_accuracy").get_by_text("%").first.wait_for()
    expect(other.get_by_text("Digits that you drew when asked")).to_have_count(0)


def test_a_finger_skips_redoes_stops_and_finds_its_drawing_again(
    visitor: Callable[..., Page],
) -> None:
    page = visitor("/draw", width=390, has_touch=True, is_mobile=True)
    page.get_by_text("Nothing drawn yet").wait_for()
    # In the moment in which the pen is lifted: the canvas has not sent the stroke yet.
    page.get_by_role("button", name="Test it with ten digits").evaluate(
        "button => addEventListener('pointerup', () => button.click(), { once: true })"
    )
    draw(page, *SHAPES[7])
    asked_for(page, 0)
    page.locator("[data-what=next]").tap()
    expect(page.locator(".st-key-pad .round-trouble")).to_have_text("Nothing is drawn yet.")
    draw_with_a_finger(page, *SHAPES[0])
    press(page, "next")
    asked_for(page, 1)
    press(page, "redo")
    asked_for(page, 0)
    press(page, "skip")
    asked_for(page, 1)
    draw_with_a_finger(page, *SHAPES[1])
    press(page, "next")
    asked_for(page, 2)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    press(page, "stop")
    expect(page.locator(".st-key-predicted_digit")).to_have_text("7")
    expect(page.locator(OWN)).to_contain_text("of your 1")
    page.get_by_role("button", name="Delete: a drawing kept as a 1").tap()
    page.get_by_role("button", name="Test it with ten digits").wait_for()


def draw_with_a_finger(page: Page, *strokes: browsers.Stroke) -> None:
    canvas = page.locator(CANVAS)
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    touch = page.context.new_cdp_session(page)
    for stroke in strokes:
        for number, (x, y) in enumerate(stroke):
            place = {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
            kind = "touchMove" if number else "touchStart"
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [place]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
