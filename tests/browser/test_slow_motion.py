"""A step of a run in slow motion, in a real browser."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.steps import (
    press_train,
    press_train_for_long,
    wait_for_points,
    wait_for_state,
    wait_until,
)
from tests.browser.test_accessibility import check

LIT = "document.querySelector('.slow-track [data-light=on]')?.textContent"
STAGES = ["Look", "Measure", "Blame", "Move"]


def test_four_stages_light_up_and_the_run_goes_on_to_its_end(page: Page) -> None:
    page.goto("/?batch=512&epochs=20")
    page.get_by_text("784 → 128").wait_for()
    press_train(page)
    page.locator(".st-key-slow_motion_step button").click()
    wait_for_state(page, "paused")
    page.locator(".slow-lit").wait_for()
    expect(page.locator(".slow-play")).to_have_text("Play all")
    assert page.evaluate(LIT) == "Look"
    page.locator(".slow-play").click()
    for stage in STAGES:
        wait_until(page, f"{LIT} === '{stage}'")
        expect(page.locator(".slow-lit")).to_have_count(1)
    expect(page.locator(".slow-play")).to_have_text("Play all")
    expect(page.locator(".slow-lit .slow-numbers")).to_contain_text("→")
    page.locator(".slow-motion").get_by_role("button", name="Back").click()
    assert page.evaluate(LIT) == "Blame"
    title = page.locator(".slow-motion h2")
    first = title.inner_text()
    page.locator(".st-key-slow_next button").click()
    expect(title).not_to_have_text(first)
    expect(title).to_contain_text("Step")
    page.locator(".st-key-slow_go_on button").click()
    wait_for_state(page, "finished")
    expect(page.locator("summary").filter(has_text="in slow motion")).to_have_count(1)


def test_where_nothing_is_to_move_one_goes_by_hand(visitor: Callable[..., Page]) -> None:
    page = visitor(width=390, reduced_motion="reduce")
    press_train_for_long(page)
    wait_for_points(page, 5)
    page.locator(".st-key-slow_motion_step button").click()
    page.locator(".slow-lit").wait_for()
    expect(page.locator(".slow-play")).to_be_hidden()
    following = page.locator(".slow-motion").get_by_role("button", name="Next")
    following.focus()
    for stage in STAGES[1:]:
        page.keyboard.press("Enter")
        assert page.evaluate(LIT) == stage
    page.keyboard.press("Enter")
    assert page.evaluate(LIT) == STAGES[-1]
    expect(page.locator(".slow-spoken")).to_contain_text("4 of 4: Move.")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    check(page)
