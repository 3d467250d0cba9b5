"""The Chromium of benchmarks, tests and screenshots, and the hand that draws in it."""

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, Playwright

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CANVAS = ".st-key-pad canvas.upper-canvas"
# Of the mouse from one point of a stroke to the next.
STEPS = 6

# Its points, as shares of the canvas from 0 to 1.
Stroke = Sequence[tuple[float, float]]


def chromium() -> str | None:
    """Where it lies: what CHROMIUM names, or the machine's own; None has Playwright look."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium")


@contextmanager
def launched(playwright: Playwright) -> Iterator[Browser]:
    """A browser, closed at the end."""
    browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
    try:
        yield browser
    finally:
        browser.close()


def draw(page: Page, *strokes: Stroke) -> None:
    """Draw on the canvas with the mouse, once it is in sight."""
    canvas = page.locator(CANVAS)
    canvas.wait_for()
    canvas.scroll_into_view_if_needed()
    for _ in movements(page.mouse, canvas.bounding_box(), strokes):
        pass


def clear(page: Page) -> None:
    """Press Clear, and wait for the new canvas: a stroke on the old one would be lost."""
    page.locator(CANVAS).evaluate("canvas => canvas.dataset.old = 'yes'")
    page.locator(".st-key-clear button").click()
    page.locator(f"{CANVAS}:not([data-old])").wait_for()
    page.get_by_text("Nothing drawn yet").wait_for()


def movements(mouse: Any, box: Any, strokes: Iterable[Any], steps: int = STEPS) -> Iterator[Any]:
    """Move a mouse along strokes, yielding after each movement what a page has to await, if any.

    Args:
        mouse: of a page of Playwright, whose calls wait or are awaited.
        box: where the canvas lies on the page.
        strokes: lists of points, as shares of the canvas from 0 to 1.
        steps: of the mouse from one point to the next.
    """
    for stroke in strokes:
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        yield mouse.move(*points[0])
        yield mouse.down()
        for point in points[1:]:
            yield mouse.move(*point, steps=steps)
        yield mouse.up()
