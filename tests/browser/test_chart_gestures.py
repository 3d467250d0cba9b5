"""Charts under a finger and a mouse: a page that scrolls, and a way back from every zoom."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.steps import press_train, wait_for_state, wait_until

SWIPE = 200
FIGURES = "document.querySelectorAll('.digit-plot.js-plotly-plot')"
RANGES = "[...{}].map(plot => [plot.layout.xaxis.range, plot.layout.yaxis.range])"
MOVED = "document.querySelector('[data-testid=stMain]').scrollTop"


@pytest.fixture
def phone(visitor: Callable[..., Page]) -> Callable[[str], Page]:
    """Return a function that opens the app on a phone."""

    def open_app(path: str) -> Page:
        page = visitor(path, width=390, has_touch=True, is_mobile=True)
        page.set_viewport_size({"width": 390, "height": 844})
        return page

    return open_app


def swipe(page: Page, number: int) -> float:
    """Swipe over the middle of a figure with a finger; return by how much the page moved."""
    box = page.evaluate(
        f"""number => {{
          const plot = {FIGURES}[number]
          plot.scrollIntoView({{ block: "center", behavior: "instant" }})
          const {{ left, top, width, height }} = plot.getBoundingClientRect()
          return {{ x: left + width / 2, y: top + height / 2 }}
        }}""",
        number,
    )
    before = page.evaluate(MOVED)
    # Downwards near the end of the page, where it cannot go further.
    for direction in (-1, 1):
        _touch(page, box["x"], box["y"], direction)
        moved = abs(page.evaluate(MOVED) - before)
        if moved:
            break
    return float(moved)


def _touch(page: Page, x: float, y: float, direction: int) -> None:
    """Move a finger by `SWIPE` pixels, up or down the screen."""
    devices = page.context.new_cdp_session(page)
    steps = 20
    for step in range(steps + 1):
        place = {"x": x, "y": y + direction * SWIPE * step / steps}
        kind = "touchMove" if step else "touchStart"
        devices.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [place]})
    devices.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(300)


def check_swipes(page: Page, figures: int) -> None:
    """Swipe over each of at least so many figures: the page moves, the charts do not."""
    wait_until(page, f"{FIGURES}.length >= {figures}")
    page.wait_for_timeout(1000)
    ranges = page.evaluate(RANGES.format(FIGURES))
    for number in range(page.evaluate(f"{FIGURES}.length")):
        assert swipe(page, number) > SWIPE / 2, f"the page stood still under chart {number}"
    assert page.evaluate(RANGES.format(FIGURES)) == ranges


def test_a_finger_on_a_live_chart_moves_the_page(phone: Callable[[str], Page]) -> None:
    page = phone("/?epochs=2")
    press_train(page)
    wait_for_state(page, "finished")
    page.get_by_text("The same image before and after").wait_for()
    check_swipes(page, 3)


def test_a_finger_on_a_figure_of_the_lesson_moves_the_page(phone: Callable[[str], Page]) -> None:
    check_swipes(phone("/learn"), 9)


def test_a_zoom_by_mouse_has_a_way_back_that_keys_reach(visitor: Callable[..., Page]) -> None:
    page = visitor("/learn")
    page.locator(".st-key-lesson_epoch .js-plotly-plot").scroll_into_view_if_needed()
    frame = page.locator(".st-key-lesson_epoch .digit-plot-frame")
    plot = "document.querySelector('.st-key-lesson_epoch .js-plotly-plot').layout"
    button = frame.get_by_role("button", name="Show all")
    before = page.evaluate(f"[{plot}.xaxis.range, {plot}.yaxis.range]")
    for way_back in ("Enter", "click"):
        assert button.count() == 0, "it is seen while there is nothing to go back from"
        _zoom(page, ".st-key-lesson_epoch .nsewdrag")
        button.wait_for()
        assert page.evaluate(f"[{plot}.xaxis.range, {plot}.yaxis.range]") != before
        if way_back == "click":
            button.click()
        else:
            button.focus()
            page.keyboard.press(way_back)
        button.wait_for(state="hidden")
        assert page.evaluate(f"[{plot}.xaxis.range, {plot}.yaxis.range]") == before


def _zoom(page: Page, surface: str) -> None:
    box = page.locator(surface).bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.6, steps=5)
    page.mouse.up()
