"""The table of runs and the challenges in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from benchmarks.hosting.servers import Server
from digits.settings import TrainingSettings
from model_store.records import State
from model_store.store import Store
from tests.browser.stored_runs import ROWS, id_of, put_run, put_runs
from ui.shared.javascript_modules import module_address


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


def test_undo_goes_back_one_time_after_the_other_by_keyboard(
    visitor: Callable[..., Page], server: Server, store: Store
) -> None:
    page = visitor("/models")
    put_runs(store, id_of(page, server), 3)
    page.reload()
    for number in (2, 1):
        page.get_by_role("checkbox", name=f"Tick mine-{number}").check()
        page.get_by_role("button", name="Delete 1 ticked").click()
        expect(page.locator(ROWS)).to_have_count(number)
    expect(page.locator(".runs-notice")).to_contain_text(
        "“mine-1” is deleted, and 1 network before it."
    )
    page.get_by_role("button", name="Undo").focus()
    for left in ("“mine-2” is deleted.", ""):
        page.keyboard.press("Enter")
        expect(page.locator(".runs-notice")).to_have_text(f"{left}Undo" if left else "")
    expect(page.locator(ROWS)).to_have_count(3)


@pytest.mark.parametrize("width", [920, 1100, 1200])
def test_on_a_screen_of_middle_width_every_press_of_a_run_is_in_sight(
    visitor: Callable[..., Page], server: Server, store: Store, width: int
) -> None:
    page = visitor("/models", width=width)
    put_runs(store, id_of(page, server), 2)
    page.reload()
    delete = page.locator(ROWS).first.get_by_role("button", name="Delete")
    expect(delete).to_be_in_viewport(ratio=1)


def test_seeds_of_one_network_are_folded_and_ticked_as_one(
    visitor: Callable[..., Page], server: Server, store: Store
) -> None:
    page = visitor("/models")
    put_runs(store, id_of(page, server), 1)
    for seed in (7, 8, 9):
        settings = TrainingSettings(hidden_layers=(), seed=seed)
        test = {"accuracy": seed / 10}
        put_run(store, id_of(page, server), f"seed-{seed}", settings, test=test)
    page.reload()
    rows = page.locator(ROWS)
    expect(rows).to_have_count(2)
    group = rows.filter(has_text="3 seeds")
    expect(group).to_contain_text("seeds 7, 8, 9")
    expect(group).to_contain_text("80.00%± 10.00")
    icons = group.locator(".runs-state .runs-icon")
    expect(icons).to_have_text(["check_circle", "flag"])  # one reads well
    page.get_by_role("checkbox", name="Tick all seeds of seed-7").check()
    page.get_by_role("button", name="Compare (3)").wait_for()
    page.get_by_role("button", name="Delete 3 ticked").wait_for()
    group.get_by_role("button", name="seed-7").click()
    expect(rows).to_have_count(5)
    page.get_by_role("checkbox", name="Tick seed-8").uncheck()
    half = "element => element.indeterminate"
    assert page.get_by_role("checkbox", name="Tick all seeds of seed-7").evaluate(half)
    page.get_by_role("searchbox", name="Search networks").fill("seed-8")
    expect(rows).to_have_count(1)


def test_a_seed_that_is_in_work_counts_in_no_mean(
    visitor: Callable[..., Page], server: Server
) -> None:
    page = visitor("/models")
    ended = {"group": "a", "validation": 0.98, "seconds": 20, "accuracy": 0.97}
    begun = {"group": "a", "validation": 0.5, "seconds": 2, "active": True, "state": "training"}
    rows = [{**ended, "id": "a"}, {**ended, "id": "b"}, {**begun, "id": "c"}]
    address = f"{server.address}/{module_address('models/in_page/groups.js').lstrip('./')}"
    (group,) = page.evaluate(
        "async ([address, rows]) => (await import(address)).folded(rows)", [address, rows]
    )
    assert (group["validation"], group["seconds"], group["active"]) == (0.98, 20, True)


def test_nothing_is_made_anew_while_a_press_lasts(
    visitor: Callable[..., Page], server: Server
) -> None:
    page = visitor("/models")
    address = f"{server.address}/{module_address('models/in_page/press.js').lstrip('./')}"
    act = """async address => {
        const { outsidePresses } = await import(address)
        for (const words of ["first", "second"])
            outsidePresses(window, () => { window.told = [...(window.told ?? []), words] })
    }"""
    page.evaluate("address => import(address)", address)
    page.mouse.down()
    page.evaluate(act, address)
    assert page.evaluate("window.told") is None
    page.mouse.up()
    page.wait_for_timeout(300)
    assert page.evaluate("window.told") == ["second"]
    page.evaluate(act, address)
    assert page.evaluate("window.told") == ["second", "first", "second"]


def test_repeating_does_not_move_the_page(
    visitor: Callable[..., Page], server: Server, store: Store
) -> None:
    page = visitor("/models")
    settings = TrainingSettings(hidden_layers=(), epochs=1)
    put_run(store, id_of(page, server), "once", settings, test={"accuracy": 0.9})
    page.reload()
    page.get_by_role("checkbox", name="Tick once").check()
    page.get_by_role("button", name="Repeat with 5 seeds").click()
    page.locator(ROWS).filter(has_text="5 seeds").wait_for()
    page.get_by_role("button", name="Side by side: 5").wait_for()
    page.locator(".runs-tools").get_by_text(
        re.compile("^[1-4] of 5 seeds (is|are) there, [1-4] on (its|their) way$")
    ).wait_for()
    page.wait_for_timeout(1000)
    expect(page.get_by_role("heading", name="Your networks")).to_be_in_viewport()


def put_small_one(page: Page, server: Server, store: Store) -> None:
    """A run of the visitor's that solves the challenge “Small”."""
    settings = TrainingSettings(hidden_layers=(6, 12))
    test = {"accuracy": 0.9437, "temperature": 1.0}
    put_run(store, id_of(page, server), "small one", settings, test=test, step=9000)
    page.reload()


def test_challenges_are_named_on_top_and_one_leads_to_the_next(
    visitor: Callable[..., Page], server: Server, store: Store
) -> None:
    page = visitor("/models", width=390)
    put_small_one(page, server, store)
    page.get_by_role("button", name="Challenges: 1 of 5 solved, next: Few").click()
    expect(page.get_by_role("heading", name="Challenges")).to_be_in_viewport()
    solved = page.locator("[data-challenge=Small]")
    expect(solved).to_contain_text("Next: Few")
    solved.get_by_role("link", name="Try it: Few").click()
    expect(page.locator(".st-key-task")).to_contain_text("Challenge “Few”")


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
    page.locator(ROWS).first.get_by_role("checkbox").check()
    page.get_by_role("button", name="Compare with the ready-made network").click()
    expect(page.locator(".runs-beside tbody tr")).to_have_count(2)
    page.wait_for_url("**compare=*,ready-made")
    beside = page.locator(".runs-beside [data-column]")
    expect(beside).to_have_count(4)
    for cell, name in zip(beside.all()[:2], ("End of curve", "Test accuracy"), strict=True):
        style = "element => getComputedStyle(element, '::before').content"
        assert cell.evaluate(style) == f'"{name}"'
    chart = page.locator(".runs-canvas").bounding_box()
    assert chart
    assert 300 < chart["width"] <= 390
    page.locator(ROWS).first.get_by_role("button", name="mine-2", exact=True).click()
    page.wait_for_url("**/?run=*")


def test_on_a_phone_a_finger_finds_each_button_of_a_card_and_delete_stands_apart(
    visitor: Callable[..., Page], server: Server, store: Store
) -> None:
    page = visitor("/models", width=390)
    put_runs(store, id_of(page, server), 1)
    page.reload()
    actions = page.locator(ROWS).first.locator(".runs-actions > *")
    actions.first.wait_for()
    boxes = [action.bounding_box() for action in (*actions.all(), page.get_by_title("Rename"))]
    assert all(box and min(box["width"], box["height"]) >= 44 for box in boxes)
    share, delete = (page.get_by_title(title).bounding_box() for title in ("Share", "Delete"))
    assert share
    assert delete
    assert delete["x"] > share["x"] + share["width"] + 44


@pytest.mark.parametrize("width", [390, 1280])
def test_the_picture_and_the_pencil_of_a_row_stand_at_the_first_line_of_its_name(
    visitor: Callable[..., Page], server: Server, store: Store, width: int
) -> None:
    page = visitor("/models", width=width)
    for name in ("short", "a name so long that it takes several lines in its cell " * 2):
        put_run(store, id_of(page, server), name, TrainingSettings(), test={"accuracy": 0.9})
    page.reload()
    expect(page.locator(ROWS)).to_have_count(2)
    for row in page.locator(ROWS).all():
        parts = [row.locator(part).bounding_box() for part in (".runs-shape", "[title=Rename]")]
        picture, pencil = (part["y"] + part["height"] / 2 for part in parts if part)
        assert abs(picture - pencil) < 3


@pytest.mark.parametrize("width", [390, 1280])
def test_what_leads_to_the_challenges_shows_their_heading_below_the_bar(
    visitor: Callable[..., Page], server: Server, store: Store, width: int
) -> None:
    page = visitor("/models", width=width)
    runs = put_runs(store, id_of(page, server), 9)
    page.goto(f"{server.address}/models?compare={','.join(runs)}&tick=yes")
    page.get_by_role("heading", name="Side by side").wait_for()
    page.get_by_role("button", name="Challenges: ").click()
    heading = page.get_by_role("heading", name="Challenges")
    expect(heading).to_be_in_viewport()
    bar, place = page.locator(".runs-tools").bounding_box(), heading.bounding_box()
    assert bar
    assert place
    assert place["y"] >= bar["y"] + bar["height"]


def test_a_solved_challenge_is_published_and_withdrawn(
    visitor: Callable[..., Page], server: Server, store: Store
) -> None:
    page = visitor("/models", width=390)
    put_small_one(page, server, store)
    page.get_by_text("· solved: Small").click()
    names = page.get_by_label("Name on the board")
    chosen = names.locator("option").nth(2).inner_text()
    names.select_option(chosen)
    page.get_by_role("button", name="Publish", exact=True).click()
    entry = page.locator(".runs-own")
    expect(entry).to_contain_text(f"94.37% {chosen} (you)")
    assert page.evaluate("document.activeElement.dataset.challenge") == "Small"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    link = entry.get_by_role("link").get_attribute("href")
    assert link
    assert "layers=6" in link
    page.get_by_role("button", name="Withdraw yours").click()
    expect(entry).to_have_count(0)
    expect(names).to_be_visible()


def test_who_has_left_asks_for_no_news_of_runs(
    visitor: Callable[..., Page], server: Server, store: Store
) -> None:
    page = visitor("/models")
    going = {"state": State.RUNNING, "reported_at": 1e12, "step": 5, "total_steps": 100}
    run = put_run(store, id_of(page, server), "going on", TrainingSettings(), **going)
    page.reload()
    page.locator(ROWS).wait_for()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(3_000)
    assert any(f"/{run}?step=2147483647" in url for url in asked)
    page.locator(".st-key-menu").get_by_role("link", name="Learn").click()
    page.locator(".st-key-lesson_contents").wait_for()
    store.runs.change(run, state=State.STOPPED)
    asked.clear()
    page.wait_for_timeout(5_000)
    assert not [url for url in asked if "?step=2147483647" in url]
