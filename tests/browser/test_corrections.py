"""Corrections of what a network reads, in a real browser: kept, taken back, and taught."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.draw_page import DIGIT, PLACES, has_ink, open_draw_page, wait_for_ink
from tests.browser.steps import (
    CANVAS,
    ONE,
    SEVEN,
    clear,
    draw,
    wait_until,
)


def test_a_correction_is_kept_once_and_again_after_it_was_forgotten(
    visitor: Callable[..., Page],
) -> None:
    page = open_draw_page(visitor)
    page.get_by_text("Pick a test image instead").click()
    seven = page.locator(".st-key-correction").get_by_text("7", exact=True)
    one = page.locator(".st-key-correction").get_by_text("1", exact=True)
    seven.click()
    page.get_by_text("You have named 1 drawing: 7.").wait_for()
    seven.click()
    one.click()
    page.get_by_text("You have named 2 drawings: 7, 1.").wait_for()
    page.locator(".st-key-forget button").click()
    page.get_by_text("You have named").wait_for(state="detached")
    one.click()
    page.get_by_text("You have named 1 drawing: 1.").wait_for()


def test_on_a_phone_a_correction_shows_what_came_of_it(visitor: Callable[..., Page]) -> None:
    page = open_draw_page(visitor, width=390, has_touch=True, is_mobile=True)
    draw(page, ONE)
    page.locator(".answer:not(.answer-live):not(.answer-empty)").wait_for()
    page.locator(".st-key-correction").get_by_text("7", exact=True).tap()
    expect(page.get_by_text("You have named 1 drawing: 7.")).to_be_in_viewport()
    expect(page.locator(".st-key-teach button")).to_be_in_viewport()
    thanks = page.locator(".answer-thanks")
    expect(thanks).to_be_in_viewport(ratio=1)
    box = thanks.get_by_role("button", name="Undo").bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 44
    draw(page, ONE)
    expect(page.locator(DIGIT)).to_have_text("1")
    clear(page)
    expect(thanks).to_have_text("")


def undone_where_it_was_corrected(page: Page) -> Locator:
    return page.locator(".answer-thanks").get_by_role("button", name="Undo")


def undone_in_the_list(page: Page) -> Locator:
    return page.get_by_role("button", name="Undo: a drawing kept as a 7")


@pytest.mark.parametrize("where", [undone_where_it_was_corrected, undone_in_the_list])
def test_a_slip_is_undone_and_the_drawing_is_there_again(
    visitor: Callable[..., Page], where: Callable[[Page], Locator]
) -> None:
    page = open_draw_page(visitor)
    draw(page, ONE)
    expect(page.locator(DIGIT)).to_have_text("1", timeout=30_000)
    page.locator(".st-key-correction").get_by_text("7", exact=True).click()
    page.get_by_text("You have named 1 drawing: 7.").wait_for()
    thanks = page.locator(".answer-thanks")
    expect(thanks).to_contain_text("Thank you. Kept as a 7.")
    where(page).click()
    page.get_by_text("You have named").wait_for(state="detached")
    expect(page.locator(DIGIT)).to_have_text("1", timeout=30_000)
    wait_for_ink(page)
    clear(page)
    assert not has_ink(page)


def test_a_drawing_made_while_a_lesson_runs_stays_with_its_answer(
    visitor: Callable[..., Page],
) -> None:
    page = open_draw_page(visitor)
    draw(page, ONE)
    page.locator(".st-key-correction").get_by_text("7", exact=True).click()
    page.get_by_text("You have named 1 drawing: 7.").wait_for()
    page.locator(".st-key-teach button").click()
    page.get_by_text("Until then the ready-made network reads").wait_for()
    draw(page, SEVEN)
    expect(page.locator(DIGIT)).to_have_text("7", timeout=30_000)
    page.get_by_text("The drawing it was taught").wait_for(timeout=120_000)
    expect(page.locator(DIGIT)).to_have_text("7", timeout=30_000)
    wait_for_ink(page)
    page.locator(".st-key-untaught button").click()
    page.get_by_text("Read by the ready-made network").wait_for()
    expect(page.locator(DIGIT)).to_have_text("7", timeout=30_000)
    wait_for_ink(page)


def test_a_misread_digit_can_be_taught(visitor: Callable[..., Page]) -> None:
    page = open_draw_page(visitor)
    draw(page, ONE)
    expect(page.locator(DIGIT)).to_have_text("1")
    page.locator(".st-key-correction").get_by_text("7", exact=True).click()
    page.get_by_text("You have named 1 drawing: 7.").wait_for()
    page.locator(".st-key-teach button").click()
    page.get_by_text("The drawing it was taught").wait_for(timeout=120_000)
    assert "run=" in page.url


def test_a_correction_moves_nothing(visitor: Callable[..., Page]) -> None:
    page = open_draw_page(visitor)
    page.evaluate("document.fonts.ready")
    places = ""
    for stroke, digit in ((SEVEN, "7"), (ONE, "1")):
        draw(page, stroke)
        expect(page.locator(DIGIT)).to_have_text(digit)
        # Until then no correction is taken, and Playwright would scroll to find out why.
        page.locator(".answer:not(.answer-live):not(.answer-empty)").wait_for()
        places = places or page.evaluate(PLACES)
        page.locator(CANVAS).evaluate("canvas => canvas.dataset.old = 'yes'")
        page.locator(".st-key-correction").get_by_text(digit, exact=True).click()
        page.locator(f"{CANVAS}:not([data-old])").wait_for()
        page.get_by_text("Nothing drawn yet").wait_for()
        wait_until(page, f"{PLACES} === '{places}'")


def test_a_misread_drawing_shows_its_neighbours(visitor: Callable[..., Page]) -> None:
    page = visitor("/draw")
    page.get_by_text("Nothing drawn yet").first.wait_for()
    draw(page, SEVEN)
    page.locator(".answer:not(.answer-live):not(.answer-empty)").wait_for()
    near = page.locator(".answer-neighbours")
    near.locator("summary").click()
    near.locator("figure").nth(9).wait_for()
    expect(near).to_contain_text("Of the 10 nearest, ")
    expect(near).to_contain_text("60,000 training images")
    near.locator("figure").last.scroll_into_view_if_needed()
    expect(page.locator(CANVAS)).to_be_in_viewport(ratio=1)
    labels = near.locator("figcaption").all_inner_texts()
    assert labels.count("7") > 5, labels
    # What is open goes on with the next drawing.
    clear(page)
    draw(page, ONE)
    expect(near).to_contain_text(re.compile(r"Of the 10 nearest, .* a 1"))
