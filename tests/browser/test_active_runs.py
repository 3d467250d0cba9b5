"""The line about the visitor's runs: where it leads, and that nothing moves for it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from benchmarks.hosting.servers import Server
from digits.settings import TrainingSettings
from model_store.records import State
from model_store.store import Store
from tests.browser.steps import press_train_for_long, wait_for_state
from tests.browser.stored_runs import id_of, put_run


def test_after_a_reload_elsewhere_a_line_leads_to_the_run_in_work(page: Page) -> None:
    press_train_for_long(page)
    address = page.url
    page.goto("/learn")
    line = page.locator(".st-key-in_work button")
    line.get_by_text(re.compile("Your run 784-128-64-10.* is training")).or_(
        line.get_by_text("waits")
    ).wait_for()
    page.goto("/")
    page.get_by_text("two curves appear here").wait_for()
    elsewhere = page.context.new_page()
    elsewhere.goto("/learn")
    line_elsewhere = elsewhere.locator(".st-key-in_work button")
    line_elsewhere.first.wait_for()
    line.first.click()
    page.wait_for_url(address)
    expect(line).to_have_count(0)
    page.locator(".st-key-stop button").click()
    wait_for_state(page, "stopped")
    # Without a press or a reload there.
    expect(line_elsewhere.filter(has_text="was stopped")).to_be_visible()
    expect(line_elsewhere).to_have_count(2)  # it, and what closes it
    line_elsewhere.first.click()
    elsewhere.wait_for_url(address)
    expect(line_elsewhere).to_have_count(0)


@pytest.mark.parametrize(("path", "width"), [("draw", 390), ("inside", 390), ("learn", 1280)])
def test_nothing_moves_when_the_line_comes_and_goes(
    visitor: Callable[..., Page], server: Server, store: Store, path: str, width: int
) -> None:
    page = visitor(f"/{path}", width)
    title = page.locator("h1")
    before = title.bounding_box()
    settings = TrainingSettings(epochs=50, batch_size=16)
    name = "a network of many layers, augmented"
    run = put_run(store, id_of(page, server), name, settings, state=State.QUEUED)
    page.reload()
    line = page.locator(".st-key-in_work")
    line.locator(".st-key-watch").wait_for()
    assert title.bounding_box() == before
    if width > 640:  # below, the name alone has the room
        words, name_of_run = (line.locator(part).bounding_box() for part in ("em", "strong"))
        assert words
        assert name_of_run
        assert name_of_run["x"] - words["x"] - words["width"] > 2, "no space between them"
    store.runs.change(run, state=State.FINISHED, test={"accuracy": 0.98, "temperature": 1.0})
    line.locator(".st-key-see_ended").wait_for()
    assert title.bounding_box() == before
    box = line.bounding_box()
    assert box
    assert box["height"] <= 48  # one line
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    expect(line).to_be_in_viewport(ratio=1)
    line.get_by_role("button", name="Close").click()
    expect(line).to_be_hidden()
    assert title.bounding_box() == before
