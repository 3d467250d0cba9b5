"""The tour of a page: it waits for what it asks for, outlives reruns, and is taken up again."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.steps import SEVEN, draw
from tests.browser.test_accessibility import check


def test_a_tour_follows_what_is_done_and_can_be_left(page: Page) -> None:
    page.goto("/draw")
    start = page.get_by_role("button", name="Show me around")
    card = page.get_by_role("dialog")
    start.wait_for()
    expect(card).to_have_count(0)  # never by itself
    start.press("Enter")
    expect(card).to_contain_text("Draw a digit here")
    expect(card).to_be_focused()
    page.locator(".st-key-pad canvas.upper-canvas").wait_for()
    draw(page, SEVEN)
    expect(card).to_contain_text("This is what the network reads")
    card.get_by_role("button", name="Next").press("Enter")
    expect(card).to_contain_text("Tour of Draw · 3 of 6")
    check(page)
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    start = page.get_by_role("button", name="Go on with the tour")
    expect(start).to_be_focused()
    page.reload()
    expect(card).to_have_count(0)
    start.click()
    expect(card).to_contain_text("Tour of Draw · 3 of 6")
    for _ in range(3):
        card.get_by_role("button", name="Next").click()
    card.get_by_role("button", name="Go there").click()
    page.wait_for_url("**/inside")
    expect(card).to_contain_text("Tour of Inside · 1 of 4")


def test_on_train_it_speaks_of_curves_and_of_a_result_once_there_is_a_run(page: Page) -> None:
    page.goto("/?epochs=1")
    page.get_by_role("button", name="Show me around").click()
    card = page.get_by_role("dialog")
    following = card.get_by_role("button", name="Next")
    expect(card).to_contain_text("On Draw you can write one")
    following.click()
    expect(card).to_contain_text("Press Train")
    expect(card).to_contain_text("2 of 4")
    following.click()
    expect(card).to_contain_text("These are the hidden layers")
    expect(card).to_contain_text("3 of 4")
    expect(card.get_by_role("button", name="Show where")).to_be_hidden()  # it is in sight
    card.get_by_role("button", name="Back").click()
    expect(card).to_contain_text("Press Train")
    page.locator(".st-key-train button").click()
    expect(card).to_contain_text("This is the loss")
    expect(card).to_contain_text("3 of 7")
    for words in ("this is the accuracy", "esult", "These are the hidden layers"):
        following.click()
        expect(card).to_contain_text(words)
    following.click()
    card.get_by_role("button", name="Go there").click()
    page.wait_for_url("**/draw*")
    expect(card).to_contain_text("Tour of Draw · 1 of 6")


def test_a_run_that_comes_later_moves_no_step(page: Page) -> None:
    page.goto("/?epochs=1")
    page.get_by_role("button", name="Show me around").click()
    card = page.get_by_role("dialog")
    for _ in range(2):
        card.get_by_role("button", name="Next").click()
    expect(card).to_contain_text("These are the hidden layers")
    page.locator(".st-key-train button").click()
    expect(card).to_contain_text("6 of 7")
    expect(card).to_contain_text("These are the hidden layers")


def test_on_inside_it_opens_the_view_that_it_speaks_of(visitor: Callable[..., Page]) -> None:
    page = visitor("/inside", width=390, has_touch=True, is_mobile=True)
    page.get_by_role("tab", name="Weights").click()
    confusions = page.locator(".inside-confusions")
    expect(confusions).to_be_hidden()
    page.get_by_role("button", name="Show me around").click()
    card = page.get_by_role("dialog")
    expect(card).to_contain_text("Each row is a digit")
    expect(confusions).to_be_visible()
    page.get_by_role("tab", name="Map").click()
    page.wait_for_timeout(500)
    expect(confusions).to_be_hidden()  # what the visitor opens stays open
    page.goto("/draw")
    page.get_by_role("button", name="Show me around").click()
    for _ in range(3):
        card.get_by_role("button", name="Next").click()
    expect(card).to_contain_text("tap a unit")


def test_what_is_lit_up_lies_below_the_header_and_within_the_window(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/inside")
    page.locator(".inside-confusions").wait_for()
    page.get_by_role("button", name="Show me around").click()
    expect(page.get_by_role("dialog")).to_contain_text("Each row is a digit")
    page.wait_for_timeout(1500)
    light, header = (
        page.locator(part).bounding_box() for part in (".tour-light", "[data-testid=stHeader]")
    )
    assert light
    assert header
    assert light["y"] >= header["y"] + header["height"]
    assert light["x"] >= 0
    assert light["x"] + light["width"] <= 1280
