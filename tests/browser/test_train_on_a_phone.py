"""Train under a finger: what is near at hand, and what a tap does and leaves alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import (
    press_train,
    press_train_for_long,
    test_accuracy,
    wait_for_points,
    wait_for_state,
    wait_until,
)

IN_SIGHT = """field => {
  const { top, bottom } = field.getBoundingClientRect()
  return top >= 0 && bottom <= innerHeight
}"""


@pytest.fixture
def phone(visitor: Callable[..., Page]) -> Callable[[str], Page]:
    """Return a function that opens the app on a phone."""
    return lambda path: visitor(path, width=390, has_touch=True, is_mobile=True)


def place(part: Locator) -> dict[str, float]:
    found = part.bounding_box()
    assert found
    return {"top": found["y"], "bottom": found["y"] + found["height"]}


@pytest.mark.parametrize(
    ("settings", "remedy", "field"),
    [
        ("layers=2", "Set Hidden layers 32", ".st-key-hidden_layers"),
        ("layers=16&rate=0.000001", "Set Learning rate 0.001", "[class*=st-key-learning_rate_]"),
    ],
)
def test_a_result_leads_to_what_the_run_shows_and_what_helps_comes_into_sight(
    phone: Callable[[str], Page], settings: str, remedy: str, field: str
) -> None:
    page = phone(f"/?{settings}&epochs=1&batch=512&images=4000")
    press_train(page)
    test_accuracy(page)
    shows = page.locator(".st-key-diagnosis")
    shows.wait_for()
    # Below the curves, which it would have moved.
    assert place(shows)["top"] > place(page.locator(".st-key-accuracy_figure"))["bottom"]
    page.locator(".st-key-verdict").get_by_role("link", name="Why?").tap()
    wait_until(page, f"({IN_SIGHT})(document.querySelector('.st-key-diagnosis h2'))")
    shows.get_by_role("button", name=remedy).tap()
    marked = page.locator(f".st-key-settings {field}[data-just-set]")
    marked.wait_for()
    wait_until(page, f"({IN_SIGHT})(document.querySelector('.st-key-settings {field}'))")
    expect(marked).to_have_count(0)
    expect(shows).to_contain_text(f"{remedy.removeprefix('Set ')} is set.")


def test_a_link_to_the_lesson_stays_in_the_tab_and_leads_to_its_heading(
    phone: Callable[[str], Page],
) -> None:
    page = phone("/?layers=16&epochs=1&batch=512&images=4000")
    press_train(page)
    wait_for_state(page, "finished")
    run = page.url
    page.get_by_role("link", name="Why guessing costs 2.30").tap()
    page.wait_for_url("**/learn*#a-loss-for-choosing")
    heading = page.locator("#a-loss-for-choosing")
    heading.wait_for()
    wait_until(page, f"({IN_SIGHT})(document.querySelector('#a-loss-for-choosing'))")
    assert len(page.context.pages) == 1
    page.go_back()
    wait_for_state(page, "finished")
    assert page.url == run


def test_slow_motion_leaves_no_screen_empty(phone: Callable[[str], Page]) -> None:
    page = phone("/")
    press_train_for_long(page)
    wait_for_points(page, 5)
    page.locator(".st-key-slow_motion_step button").tap()
    page.locator(".slow-lit").wait_for()
    for stage in page.locator(".slow-name").all():
        stage.tap()
        whole, lit = place(page.locator(".slow-motion")), place(page.locator(".slow-lit"))
        assert whole["bottom"] - lit["bottom"] < 24
