"""The table of runs in a real browser: sorted, searched, renamed, deleted and brought back."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from benchmarks.hosting.servers import Server
from digits.dataset import load_test_images
from digits.settings import TrainingSettings
from model_store.records import Epoch, Points, State, StoredProgress
from model_store.store import Store, open_store
from server.cookies import VisitorIds
from trainer.checkpoints import packed_weights
from ui.shared.javascript_modules import module_address

ROWS = ".runs > table tbody tr"
SERIES = ("loss", "accuracy")


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
        settings = TrainingSettings(learning_rate=1e-3 + number / 1e6).model_dump(mode="json")
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


@pytest.fixture(scope="module")
def trained(server: Server) -> list[str]:
    """Small networks with curves and weights, of nobody whom the tests know."""
    database = f"sqlite:///{server.data / 'playground.db'}"
    dice = np.random.default_rng(2)
    made = []
    with open_store(database, str(server.data / "artifacts")) as store:
        for seed, noise in ((1, 0.0), (2, 0.02), (3, 0.3)):
            settings = TrainingSettings(hidden_layers=(), seed=seed, epochs=3)
            run = store.runs.create("", settings.model_dump(mode="json"), f"small-{seed}")
            weights = linear_network(server.data / "mnist", dice, noise)
            reference = store.artifacts.save(run.id, "checkpoint.npz", packed_weights(weights))
            steps = np.arange(1, 301, dtype=np.int32)
            series = {name: np.linspace(seed, 0.1 * seed, 300, dtype=np.float32) for name in SERIES}
            epochs = [
                Epoch(each, 100 * each, 0.3, 0.9, 0.3 / seed / each, 0.9 + each / 100, float(seed))
                for each in (1, 2, 3)
            ]
            store.progress.append(run.id, "", StoredProgress(Points(steps, series), epochs))
            store.runs.change(
                run.id,
                state=State.FINISHED,
                step=300,
                total_steps=300,
                test={"accuracy": 0.8, "temperature": 1.0},
                artifacts={"checkpoint.npz": reference},
            )
            made.append(run.id)
    return made


def linear_network(folder: Path, dice: np.random.Generator, noise: float) -> list[np.ndarray]:
    """Weights that read a digit by how much it looks like the mean of each digit."""
    digits = load_test_images(folder)
    assert digits
    images, labels = digits
    means = np.array([images[labels == digit].mean(axis=0) / 255 for digit in range(10)])
    kernel = means.reshape(10, 784).T.astype(np.float32)
    bias = -0.5 * (kernel**2).sum(axis=0)
    return [kernel + dice.normal(0, noise, kernel.shape).astype(np.float32), bias]


def test_networks_without_a_curve_are_told_of_in_one_sentence(
    visitor: Callable[..., Page], server: Server, store: Store
) -> None:
    page = visitor("/models")
    made = put_runs(store, id_of(page, server), 7)
    page.goto(f"{server.address}/models?compare={','.join(made)}")
    expect(page.locator(".runs-notes")).to_have_text("7 networks have no validation curve.")


def test_a_link_shows_a_comparison_as_it_stands(
    visitor: Callable[..., Page], server: Server, trained: list[str]
) -> None:
    compared = f"/models?compare={','.join([*trained, 'unknown'])}&y=loss&x=seconds"
    page = visitor(f"{compared}&against={trained[1]}")
    rows = page.locator(".runs-beside tbody tr")
    expect(rows).to_have_count(3)
    page.get_by_text("1 network is not here: deleted, or the link is cut.").wait_for()
    for chosen in ("Loss", "Seconds", "Compare with small-2"):
        expect(page.get_by_role("radio", name=chosen)).to_be_checked()
    expect(rows.nth(2)).to_contain_text("fewer right of 10,000. Same settings, another seed")
    expect(rows.nth(0)).to_contain_text("of 10,000")
    expect(page.locator(".runs-settings")).to_contain_text("seed 3")
    expect(page.locator(".runs-settings")).not_to_contain_text("Learning rate")
    page.get_by_role("checkbox", name="Only what differs").uncheck()
    expect(page.locator(".runs-settings")).to_contain_text("Learning rate")

    canvas = page.locator(".runs-canvas")
    canvas.evaluate("element => { element.marked = true }")
    value = rows.nth(0).locator(".runs-value")
    last = value.inner_text()
    canvas.hover(position={"x": 300, "y": 100})
    expect(value).not_to_have_text(last)
    expect(page.locator(".runs-value-head")).to_contain_text("At second")
    canvas.click(position={"x": 300, "y": 100})
    page.wait_for_url("**&at=*")
    page.mouse.move(5, 5)
    friend = visitor(page.url.removeprefix(server.address))
    said = page.locator(".runs-value-head").inner_text()
    expect(friend.locator(".runs-value-head")).to_have_text(said)
    expect(friend.locator(".runs-beside .runs-value").first).to_have_text(value.inner_text())
    friend.get_by_text("Parallel coordinates").click()
    line = friend.get_by_role("link", name="small-3, 80.00%")
    expect(line.locator(".runs-parallel-line")).to_have_attribute("points", re.compile("^70,34 "))
    line.focus()
    friend.locator(".runs-canvas").press("ArrowRight")
    friend.locator(".runs-canvas").press("Enter")
    expect(friend.locator(".runs-value-head")).not_to_have_text(said)
    assert friend.url != page.url
    page.get_by_role("button", name="Curve of small-1").click()
    page.get_by_role("radio", name="Compare with small-1").check()
    page.wait_for_url(re.compile(f"(?!.*against).*compare={trained[0]}.*"))
    expect(rows.nth(1)).to_contain_text("of 10,000")
    assert canvas.evaluate("element => element.marked"), "it is the very same chart"

    page.get_by_text("Where they disagree").click()
    page.get_by_text("are not read as the same digit by all 3").wait_for()
    expect(page.locator(".runs-images > li")).to_have_count(24)
    page.get_by_text("One drawing, read by all of them").click()
    pad = page.locator(".runs-pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 120, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 200, steps=8)
    expect(page.locator(".runs-drawing li b").first).to_have_text("1")
    page.mouse.up()


def test_a_sweep_fills_its_heat_map_cell_by_cell(
    visitor: Callable[..., Page], trained: list[str]
) -> None:
    page = visitor(f"/models?compare={trained[0]},{trained[1]}&of=training")
    page.get_by_text("Vary one or two settings").click()
    for name, values, setting in (
        ("Setting", "16, 64", "batch"),
        ("And another setting", "1, 4", "epochs"),
    ):
        chosen = page.get_by_role("combobox", name=name, exact=True)
        chosen.select_option(setting)
        chosen.locator("xpath=following-sibling::input").fill(values)
    expect(page.locator(".runs-sweep [role=status]")).to_have_text(
        re.compile(r"^4 runs(, about .*)?$")
    )
    page.get_by_role("button", name="Start 4 runs").click()
    cells = page.locator(".runs-heat a")
    expect(cells).to_have_count(4)
    canvas = page.locator(".runs-canvas")
    canvas.evaluate("element => { element.marked = true }")
    ticks = page.locator(f"{ROWS} .runs-tick input")
    expect(ticks).to_have_count(4)
    assert not any(tick.is_checked() for tick in ticks.all()), "nobody has ticked them"
    expect(page.get_by_role("button", name=re.compile("ticked$"))).to_have_count(0)
    seen: set[int] = set()
    while 4 not in seen:
        filled = cells.filter(has_text="%")
        # The workers may have to start first.
        expect(filled).not_to_have_count(max(seen, default=-1), timeout=180_000)
        seen.add(filled.count())
    assert len(seen) > 2, "they came one after the other"
    page.get_by_text("mattered more").wait_for()
    page.get_by_text("Parallel coordinates").click()
    lines = page.locator(".runs-parallel a")
    expect(lines).to_have_count(4)
    assert canvas.evaluate("element => element.marked"), "it is the very same chart"
    page.get_by_role("checkbox", name="Tick all").check()
    page.get_by_role("button", name="Delete 4 ticked").click()
    page.get_by_text("4 networks are deleted.").wait_for()


def test_the_ready_made_network_is_compared_without_a_tick_and_taken_out(
    visitor: Callable[..., Page], server: Server, store: Store
) -> None:
    page = visitor("/models")
    run, _ = put_runs(store, id_of(page, server), 2)
    page.goto(f"{server.address}/models?compare={run},ready-made")
    rows = page.locator(".runs-beside tbody tr")
    expect(rows).to_have_count(2)
    box = page.get_by_role("checkbox", name="Tick mine-0")
    box.check()
    tools = page.locator(".runs-tools")
    expect(tools).to_contain_text("Delete 1 ticked")
    expect(tools).to_contain_text(re.compile(r"Repeat with 5 seeds4 runs(, about .*)?$"))
    page.reload()
    expect(box).to_be_checked()
    expect(tools).to_contain_text("Delete 1 ticked")
    page.get_by_role("button", name=re.compile("^Take .* out of the comparison$")).nth(1).click()
    expect(page.locator(".runs-comparison")).to_be_hidden()
    expect(page).to_have_url(re.compile("/models$"))
    page.reload()
    expect(page.get_by_role("checkbox", name="Tick mine-0")).to_be_visible()
    expect(page.locator(".runs-comparison")).to_be_hidden()


def test_who_is_sent_to_a_comparison_lands_there_with_their_runs_ticked(
    visitor: Callable[..., Page], server: Server, store: Store
) -> None:
    page = visitor("/models", width=390)
    runs = put_runs(store, id_of(page, server), 5)
    compared = f"compare={runs[1]},{runs[0]}&against={runs[0]}"
    page.goto(f"{server.address}/models?{compared}&tick=yes")
    expect(page.get_by_role("heading", name="Side by side")).to_be_in_viewport()
    expect(page).to_have_url(re.compile(f"{compared}$"))
    expect(page.get_by_role("radio", name="Compare with mine-0")).to_be_checked()
    for number in range(5):
        box = page.get_by_role("checkbox", name=f"Tick mine-{number}")
        expect(box).to_be_checked(checked=number < 2)


def test_on_a_phone_one_line_stays_and_leads_to_the_comparison(
    visitor: Callable[..., Page], server: Server, store: Store
) -> None:
    page = visitor("/models", width=390)
    put_runs(store, id_of(page, server), 4)
    page.reload()
    for number in (3, 2):
        page.get_by_role("checkbox", name=f"Tick mine-{number}").check()
    page.locator(ROWS).last.scroll_into_view_if_needed()
    button = page.get_by_role("button", name="Compare (2)")
    expect(button).to_be_in_viewport()
    bar = page.locator(".runs-chosen").bounding_box()
    assert bar
    assert bar["height"] < 50
    delete = page.get_by_role("button", name="Delete 2 ticked")
    expect(delete).to_be_hidden()
    page.get_by_role("button", name="2 ticked").click()
    expect(delete).to_be_visible()
    page.locator(ROWS).last.locator("[data-column=Weights]").click()
    expect(delete).to_be_hidden()
    button.click()
    expect(page.get_by_role("heading", name="Side by side")).to_be_in_viewport()


def test_seeds_of_one_network_are_folded_and_ticked_as_one(
    visitor: Callable[..., Page], server: Server, store: Store
) -> None:
    page = visitor("/models")
    put_runs(store, id_of(page, server), 1)
    for seed in (7, 8, 9):
        settings = TrainingSettings(hidden_layers=(), seed=seed).model_dump(mode="json")
        run = store.runs.create(id_of(page, server), settings, f"seed-{seed}")
        store.runs.change(run.id, state=State.FINISHED, test={"accuracy": seed / 10})
    page.reload()
    rows = page.locator(ROWS)
    expect(rows).to_have_count(2)
    group = rows.filter(has_text="3 seeds")
    expect(group).to_contain_text("seeds 7, 8, 9")
    expect(group).to_contain_text("80.00%± 10.00")
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


def test_the_key_of_seeds_is_what_their_curve_looks_like(
    visitor: Callable[..., Page], trained: list[str]
) -> None:
    page = visitor(f"/models?compare={','.join(trained)}")
    keys = page.locator(".runs-eye line")
    expect(keys).to_have_count(3)
    looks = "lines => lines.map(line => line.getAttribute('stroke'))"
    assert len(set(keys.evaluate_all(looks))) == 1
    expect(page.locator(".runs-eye rect")).to_have_count(3)
    page.get_by_role("checkbox", name="Runs that differ in their seed alone").uncheck()
    expect(page.locator(".runs-eye rect")).to_have_count(0)
    assert len(set(keys.evaluate_all(looks))) == 3


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
    settings = TrainingSettings(hidden_layers=(), epochs=1).model_dump(mode="json")
    run = store.runs.create(id_of(page, server), settings, "once")
    store.runs.change(run.id, state=State.FINISHED, test={"accuracy": 0.9})
    page.reload()
    page.get_by_role("checkbox", name="Tick once").check()
    page.get_by_role("button", name="Repeat with 5 seeds").click()
    page.locator(ROWS).filter(has_text="5 seeds").wait_for()
    page.get_by_role("button", name="Compare (5)").wait_for()
    page.locator(".runs-tools").get_by_text("5 seeds are there already").wait_for()
    page.wait_for_timeout(1000)
    expect(page.get_by_role("heading", name="Your networks")).to_be_in_viewport()


def test_challenges_are_named_on_top_and_one_leads_to_the_next(
    visitor: Callable[..., Page], server: Server, store: Store
) -> None:
    page = visitor("/models", width=390)
    settings = TrainingSettings(hidden_layers=(6, 12)).model_dump(mode="json")
    run = store.runs.create(id_of(page, server), settings, "small one")
    store.runs.change(run.id, state=State.FINISHED, test={"accuracy": 0.94}, step=9000)
    page.reload()
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
    for cell, name in zip(beside.all()[:2], ("Curve, last", "Test accuracy"), strict=True):
        style = "element => getComputedStyle(element, '::before').content"
        assert cell.evaluate(style) == f'"{name}"'
    chart = page.locator(".runs-canvas").bounding_box()
    assert chart
    assert 300 < chart["width"] <= 390
    page.locator(ROWS).first.get_by_role("button", name="mine-2", exact=True).click()
    page.wait_for_url("**/?run=*")


def test_a_solved_challenge_is_published_and_withdrawn(
    visitor: Callable[..., Page], server: Server, store: Store
) -> None:
    page = visitor("/models", width=390)
    settings = TrainingSettings(hidden_layers=(6, 12)).model_dump(mode="json")
    run = store.runs.create(id_of(page, server), settings, "small one")
    test = {"accuracy": 0.9437, "temperature": 1.0}
    store.runs.change(run.id, state=State.FINISHED, test=test, step=9000)
    page.reload()
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
