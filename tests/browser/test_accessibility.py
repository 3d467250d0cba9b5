"""Every page by axe-core's rules: WCAG 2.2, A and AA, and best practice; in light and in dark."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.steps import SEVEN, draw, press_train, test_accuracy, wait_for_last_point
from ui.pages import PAGES

SCREENS = {"light, wide": (1280, "light"), "dark, phone": (390, "dark")}
WHOLE_PAGE = "document.querySelector('[data-testid=stMain]').scrollHeight"


def check(page: Page) -> None:
    """Look at all of a page at once: what is out of sight is not looked at."""
    size = page.viewport_size
    assert size
    page.set_viewport_size({**size, "height": max(900, page.evaluate(WHOLE_PAGE))})
    page.wait_for_timeout(1000)
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    said = [
        f"{rule['id']}: {rule['help']}: {node['html'][:200]} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]
    assert not said, "\n".join(said)


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize(
    "name", [page.url_path for page in PAGES], ids=[page.name for page in PAGES]
)
def test_a_page_as_it_opens(visitor: Callable[..., Page], name: str, screen: str) -> None:
    width, scheme = SCREENS[screen]
    page = visitor(f"/{name}", width=width, color_scheme=scheme)
    page.wait_for_timeout(2000)
    check(page)


@pytest.mark.parametrize("screen", SCREENS)
def test_a_finished_run_and_a_read_drawing(visitor: Callable[..., Page], screen: str) -> None:
    width, scheme = SCREENS[screen]
    page = visitor("/?epochs=2&schedule=cosine", width=width, color_scheme=scheme)
    press_train(page)
    test_accuracy(page)
    wait_for_last_point(page, 2, "learning_rate")
    check(page)
    page.locator(".st-key-menu").get_by_role("link", name="Draw").click()
    page.get_by_role("heading", name="Draw a digit").wait_for()
    draw(page, SEVEN)
    page.locator(".answer:not(.answer-live):not(.answer-empty)").wait_for()
    check(page)


def test_bars_are_seen_where_the_system_chooses_the_colours(visitor: Callable[..., Page]) -> None:
    page = visitor("/draw")
    page.emulate_media(forced_colors="active")
    draw(page, SEVEN)
    page.locator(".answer:not(.answer-live):not(.answer-empty)").wait_for()
    bar, ground = (
        page.locator(element).first.evaluate("element => getComputedStyle(element).backgroundColor")
        for element in (".bar-best .bar-share", "body")
    )
    assert bar != ground
