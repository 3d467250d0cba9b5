"""A run whose settings are changed while it trains, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import press_train_for_long, wait_for_points, wait_for_state, wait_until

PLOT = "document.querySelector('.st-key-{}_figure .js-plotly-plot')"
MARKS = f"{PLOT.format('loss')}.layout.annotations.filter(each => each.text.startsWith('rate'))"


def test_a_change_is_marked_where_the_rate_changed(page: Page) -> None:
    press_train_for_long(page)
    wait_for_points(page, 20)
    page.get_by_text("More settings").click()
    rate = page.get_by_label("Learning rate", exact=True).first
    rate.fill("0.02")
    rate.press("Enter")
    page.locator(".st-key-change_run button").first.click()
    wait_until(page, f"{MARKS}.length === 1")
    wait_until(page, f"({PLOT.format('learning_rate')}?.data[0].y.at(-1) ?? 0) > 0.0199")
    page.locator(".st-key-stop button").first.click()
    wait_for_state(page, "stopped")
    expect(page.get_by_text("Changed while it trained: rate 0.02 after step").first).to_be_visible()
    for axis, places in (("epochs", 4), ("steps", 0)):
        page.locator(".curve-tools").get_by_label(axis).check()
        wait_until(page, f"{MARKS}.length === 1")
        marked = page.evaluate(f"{MARKS}[0].x")
        x, y = page.evaluate(f"(({{ x, y }}) => [x, y])({PLOT.format('learning_rate')}.data[0])")
        points = [(at, value) for at, value in zip(x, y, strict=True) if value is not None]
        before = max(at for at, value in points if value < 0.0011)
        after = min(at for at, value in points if value > 0.0199)
        # Of so long a run, a point is the mean of several steps.
        assert before <= round(marked, places) + 10**-places <= after + 2 * 10**-places
        assert after - before == pytest.approx(2 * (points[1][0] - points[0][0]), rel=0.5, abs=10)
