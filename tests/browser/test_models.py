"""The table of runs in a real browser: sorted, searched, renamed, deleted and brought back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from benchmarks.hosting.servers import Server
from digits.settings import TrainingSettings
from model_store.records import State
from model_store.store import Store, open_store
from server.cookies import VisitorIds

ROWS = ".runs tbody tr"


@pytest.fixture
def store(server: Server):
    """The store of the server."""
    database = f"sqlite:///{server.data / 'playground.db'}"
    with open_store(database, str(server.data / "artifacts")) as store:
        yield store


def id_of(page: Page, server: Server) -> str:
    """Who the visitor is, as their cookie says."""
    (cookie,) = [each for each in page.context.cookies() if each["name"] == "visitor"]
    visitor = VisitorIds((server.data / "cookie_secret").read_text().strip()).read(cookie["value"])
    assert visitor
    return visitor


def put_runs(store: Store, visitor: str, count: int) -> list[str]:
    """Put runs that have ended into the store; the accuracies of the later ones are higher."""
    made = []
    for number in range(count):
        settings = TrainingSettings(seed=number).model_dump(mode="json")
        run = store.runs.create(visitor, settings, f"mine-{number}")
        test = {"accuracy": 0.95 + number / 10_000, "temperature": 1.0}
        store.runs.change(run.id, state=State.FINISHED, test=test, elapsed=1.0 + number)
        made.append(run.id)
    return made


def names(page: Page) -> list[str]:
    return page.locator(".runs-name").all_inner_texts()


def test_200_runs_are_sorted_searched_renamed_and_deleted(
    visitor: Callable[..., Page], server: Server, store: Store
) -> None:
    page = visitor("/models")
    put_runs(store, id_of(page, server), 200)
    page.reload()
    expect(page.locator(ROWS)).to_have_count(200)
    assert names(page)[0] == "mine-199", "the newest is on top"
    accuracy = page.get_by_role("button", name="Test accuracy")
    for first in ("mine-199", "mine-0"):
        accuracy.click()
        assert names(page)[0] == first
    page.get_by_role("searchbox", name="Search networks").fill("mine-12")
    assert names(page) == ["mine-12", *(f"mine-12{last}" for last in range(10))]

    row = page.locator(ROWS).first
    row.get_by_role("button", name="Rename").click()
    page.keyboard.type("thirteen <b>mine-12</b>")
    page.keyboard.press("Enter")
    renamed = page.get_by_role("button", name="thirteen <b>mine-12</b>", exact=True)
    renamed.first.wait_for()
    page.reload()
    page.get_by_role("searchbox", name="Search networks").fill("thirteen")
    expect(page.locator(ROWS)).to_have_count(1)

    page.get_by_role("searchbox", name="Search networks").fill("mine-12")
    page.get_by_role("checkbox", name="Tick all").check()
    page.get_by_role("button", name="Delete 11 ticked").click()
    page.get_by_text("11 networks are deleted.").wait_for()
    expect(page.locator(ROWS)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(ROWS)).to_have_count(11)


def test_a_phone_gets_cards(visitor: Callable[..., Page], server: Server, store: Store) -> None:
    page = visitor("/models", width=390)
    put_runs(store, id_of(page, server), 3)
    page.reload()
    page.locator(ROWS).first.wait_for()
    page.get_by_role("combobox", name="Sort by").select_option("Test accuracy")
    box = page.locator(ROWS).first.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    card = page.locator(ROWS).first.inner_text()
    assert re.search(r"mine-2[\s\S]*95.02%", card), card
    page.locator(ROWS).first.get_by_role("button", name="mine-2", exact=True).click()
    page.wait_for_url("**/?run=*")
