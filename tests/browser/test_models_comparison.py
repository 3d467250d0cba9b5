"""Networks side by side on the Models page, in a real browser: by a link, by ticks, by a sweep."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from benchmarks.hosting.servers import Server
from digits.dataset import load_test_images
from digits.settings import TrainingSettings
from model_store.records import Epoch, Points, StoredProgress
from model_store.store import Store
from tests.browser.steps import vary, wait_until
from tests.browser.stored_runs import ROWS, id_of, put_run, put_runs
from trainer.checkpoints import packed_weights
from ui.shared.javascript_modules import module_address

SERIES = ("loss", "accuracy")


@pytest.fixture(scope="module")
def trained(server: Server, store: Store) -> list[str]:
    """Small networks with curves and weights, of nobody whom the tests know."""
    dice = np.random.default_rng(2)
    made = []
    for seed, noise in ((1, 0.0), (2, 0.02), (3, 0.3)):
        settings = TrainingSettings(hidden_layers=(), seed=seed, epochs=3)
        test = {"accuracy": 0.8, "temperature": 1.0}
        run = put_run(store, "", f"small-{seed}", settings, test=test, step=300, total_steps=300)
        weights = linear_network(server.data / "mnist", dice, noise)
        reference = store.artifacts.save(run, "checkpoint.npz", packed_weights(weights))
        store.runs.change(run, artifacts={"checkpoint.npz": reference})
        steps = np.arange(1, 301, dtype=np.int32)
        series = {name: np.linspace(seed, 0.1 * seed, 300, dtype=np.float32) for name in SERIES}
        epochs = [
            Epoch(each, 100 * each, 0.3, 0.9, 0.3 / seed / each, 0.9 + each / 100, float(seed))
            for each in (1, 2, 3)
        ]
        store.progress.append(run, "", StoredProgress(Points(steps, series), epochs))
        made.append(run)
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
    expect(page.locator(".runs-settings tbody tr")).to_have_text(["Seed123"])
    expect(page.locator(".runs-settings")).not_to_contain_text("Learning rate")
    expect(page.locator(".runs-settings")).not_to_contain_text("Weights")
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
    vary(page, batches="16, 64", epochs="1, 4")
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
    side_by_side = page.get_by_role("button", name="Side by side: 2")
    expect(side_by_side).to_be_visible()
    box.check()
    tools = page.locator(".runs-tools")
    expect(side_by_side).to_be_visible()  # one of the two is ticked
    expect(tools).to_contain_text("Delete 1 ticked")
    expect(tools).to_contain_text(re.compile(r"Repeat with 5 seeds4 more runs(, about .*)?$"))
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


@pytest.mark.parametrize("width", [390, 1280])
def test_in_the_heat_map_heads_and_values_end_on_one_line(
    visitor: Callable[..., Page], server: Server, store: Store, width: int
) -> None:
    page = visitor("/models", width=width)
    made = [
        put_run(
            store,
            id_of(page, server),
            f"{rate}",
            TrainingSettings(learning_rate=rate),
            test={"accuracy": 0.9 + rate, "temperature": 1.0},
        )
        for rate in (0.01, 0.02, 0.03)
    ]
    page.goto(f"{server.address}/models?compare={','.join(made)}")
    expect(page.locator(".runs-heat a")).to_have_count(3)
    ends = """cells => cells.map(cell => {
        const words = document.createRange()
        words.selectNodeContents(cell)
        return words.getBoundingClientRect().right
    })"""
    heads = page.locator(".runs-heat thead th").evaluate_all(ends)
    assert heads == pytest.approx(page.locator(".runs-heat a").evaluate_all(ends), abs=1)


def test_a_difference_that_is_shown_as_nothing_has_no_sign(
    visitor: Callable[..., Page], server: Server
) -> None:
    page = visitor("/models")
    address = f"{server.address}/{module_address('models/in_page/compared_row.js').lstrip('./')}"
    said = page.evaluate(
        "async address => [-4e-5, 0, 4e-5, -1e-4, 0.01].map((await import(address)).signed)",
        address,
    )
    assert said == ["0.00", "0.00", "0.00", "\u22120.01", "+1.00"]


def test_curves_of_two_groups_of_seeds_look_different(
    visitor: Callable[..., Page], server: Server
) -> None:
    page = visitor("/models")
    address = f"{server.address}/{module_address('models/in_page/joined.js').lstrip('./')}"
    looks = page.evaluate(
        """async address => {
            const { joined } = await import(address)
            const { looksOf } = await import(new URL("looks.js", address))
            const ids = Array.from({ length: 11 }, (_, index) => `run-${index}`)
            const line = { x: [1, 2], y: [0, 1] }
            const lines = ids.map(id => ({ id, name: id, ...looksOf(id, false), ...line }))
            const groups = [ids.slice(0, 5), ids.slice(6)].map(runs => ({ runs, name: runs[0] }))
            const looks = shown => joined(shown, groups, ids, false)
              .map(({ colour, name }) => [colour, name])
            return [looks(lines), looks(lines.slice(6)), looks([lines[6]])]
        }""",
        address,
    )
    second = ["#D55E00", "run-6 (5 seeds)"]
    assert looks == [
        [["#2b8cc4", "run-5"], ["#0072B2", "run-0 (5 seeds)"], second],
        [second],
        [["#D55E00", "run-6"]],
    ], "whatever else is hidden"


def test_a_curve_that_leaves_the_axis_says_where_and_how_far(
    visitor: Callable[..., Page], server: Server
) -> None:
    page = visitor("/models")
    address = f"{server.address}/{module_address('models/in_page/beyond_axis.js').lstrip('./')}"
    found = page.evaluate(
        """async address => {
            const { furthestBeyond } = await import(address)
            const of = y => furthestBeyond({ x: [1, 2, 3], y }, [0.5, 1])
            return [of([0.4, 0.3, 0.9]), of([null, 0.7, 7]), of([0.5, null, 1]), of([])]
        }""",
        address,
    )
    assert found == [
        {"x": 2, "y": 0.3, "isAbove": False},
        {"x": 3, "y": 7, "isAbove": True},
        None,
        None,
    ]


def test_the_chart_names_its_curves_where_there_is_room(
    visitor: Callable[..., Page], trained: list[str]
) -> None:
    page = visitor(f"/models?compare={','.join(trained)}")
    chart = page.locator(".runs-canvas")
    chart.wait_for()
    page.evaluate(
        """() => {
          window.written = []
          const write = CanvasRenderingContext2D.prototype.fillText
          CanvasRenderingContext2D.prototype.fillText = function (words, ...where) {
            window.written.push(words)
            return write.call(this, words, ...where)
          }
        }"""
    )
    chart.hover()
    wait_until(page, "window.written.some(words => words.includes('seeds)'))")
    page.mouse.move(0, 0)
    page.evaluate("window.written = []")
    page.set_viewport_size({"width": 390, "height": 844})
    wait_until(page, "window.written.length > 0")
    chart.hover()
    page.wait_for_timeout(500)
    assert not page.evaluate("window.written.some(words => words.includes('seeds)'))")


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
