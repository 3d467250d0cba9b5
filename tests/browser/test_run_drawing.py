"""A drawing that travels with a run has its moment on the loss, and its shares by epoch."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.steps import CANVAS, SEVEN, draw, press_train, wait_for_state, wait_until

TRACES = "document.querySelector('.st-key-loss_figure .js-plotly-plot')?.data ?? []"
MARKS = (
    f"({TRACES}).filter(({{ name }}) => name.startsWith('drawing'))"
    ".map(({ name, y }) => [name, y.filter(value => value !== null).length])"
)


def test_a_run_trained_from_a_drawing_has_its_mark(visitor: Callable[..., Page]) -> None:
    page = visitor("/?epochs=3")
    page.get_by_text("784 → 128").wait_for()
    page.get_by_role("link", name="Draw").first.click()
    page.locator(CANVAS).wait_for()
    page.get_by_text("Nothing drawn yet").wait_for()
    draw(page, SEVEN)
    expect(page.locator(".st-key-predicted_digit")).to_have_text("7")
    # The page's own reader is ahead of the server, which is to have the drawing.
    page.locator(".answer:not(.answer-live):not(.answer-empty)").wait_for()
    page.get_by_role("link", name="Train").first.click()
    page.locator(".st-key-follow_drawing").wait_for()
    press_train(page)
    wait_for_state(page, "finished")
    drawing = page.locator(".st-key-run_drawing")
    expect(drawing).to_contain_text("At first it was read as")
    wait_until(page, f"({MARKS})[0]?.[1] > 0 || !/from epoch/.test(document.body.innerText)")
    expect(drawing).to_contain_text("After 3 epochs it reads a 7")
    slider = page.get_by_role("slider", name="After epoch")
    slider.focus()
    page.keyboard.press("Home")
    expect(drawing).to_contain_text("After 0 epochs it reads")
    inside = page.locator(".st-key-network_by_epoch")
    expect(inside.locator(".network-on-train-words")).to_contain_text("weights after 0 epochs")
    expect(inside.locator(".network-units button")).to_have_count(16 + 16 + 10)
    drawing.get_by_role("button", name="7", exact=True).or_(
        drawing.get_by_role("radio", name="7", exact=True)
    ).first.click()
    wait_until(page, f"({MARKS}).length === 3")
    marked = page.evaluate(MARKS)
    assert [name for name, _ in marked] == [
        *("drawing: first right", "drawing: right since", "drawing: wrong since")
    ]
    assert all(count <= 1 for _, count in marked)
