"""The Draw page in a browser: opened, and looked at."""

import time
from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.steps import CANVAS, SECONDS_TO_WAIT

DIGIT = ".st-key-predicted_digit"
PLACES = """JSON.stringify(["h1", "[class*=st-key-canvas_]", ".st-key-undo"].map(selector => {
  const { x, y, width } = document.querySelector(selector).getBoundingClientRect()
  return [x, y, width]
}))"""


def open_draw_page(visitor: Callable[..., Page], path: str = "/draw", **options: object) -> Page:
    page = visitor(path, **options)
    page.locator(CANVAS).wait_for()
    page.get_by_text("Nothing drawn yet").wait_for()
    return page


def has_ink(page: Page) -> bool:
    """Whether something white is to be seen on the canvas."""
    return bool(
        page.locator(".st-key-pad canvas").evaluate_all(
            """all => all.some(canvas => {
              const { width, height } = canvas
              const { data } = canvas.getContext("2d").getImageData(0, 0, width, height)
              return data.some((value, at) => at % 4 === 0 && value > 200 && data[at + 3] > 200)
            })"""
        )
    )


def wait_for_ink(page: Page) -> None:
    until = time.monotonic() + SECONDS_TO_WAIT
    while not has_ink(page):
        assert time.monotonic() < until, "nothing white was ever to be seen on the canvas"
        page.wait_for_timeout(50)
