"""The Inside page in Chromium: what its views show and do."""

import re
import time
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from benchmarks.hosting.servers import Server
from digits.dataset import DEFAULT_FOLDER, load_test_images
from digits.inference import FloatArray
from digits.settings import TrainingSettings
from model_store.records import Run, State
from model_store.store import open_store
from scripts.browsers import movements
from tests.browser.steps import ONE, SEVEN, draw
from trainer.checkpoints import packed_weights

Visitor = Callable[..., Page]

UNITS = 40
NAMES = ("untrained.npz", "checkpoint.npz")


def open_view(visitor: Visitor, name: str, width: int = 1280) -> Page:
    page = visitor("/inside", width)
    page.get_by_role("tab", name=name).click()
    page.locator(".inside-view:not([hidden])[data-state=shown]").wait_for()
    return page


def count_in(words: str) -> int:
    """The number that a heading begins with."""
    found = re.match(r"([\d,]+)", words)
    assert found, words
    return int(found[1].replace(",", ""))


def test_a_cell_opens_its_images(visitor: Visitor) -> None:
    page = open_view(visitor, "Mistakes")
    cell = page.locator(".inside-confusions button:not(.inside-right):not(:empty)").first
    count = int(cell.inner_text())
    label = cell.get_attribute("aria-label") or ""
    written, read = label[0], label[len("4 read as ")]
    cell.click()
    expect(page.locator(".inside-gallery-part h2")).to_be_focused()
    shown = page.locator(".inside-gallery button")
    expect(shown).to_have_count(count)
    for words in shown.all_inner_texts():
        assert words.startswith(f"{written} → {read}")
    shown.first.press("Enter")
    dialog = page.get_by_role("dialog")
    sentence = rf"written as an? {written} and is read as an? {read}, a mistake"
    expect(dialog).to_contain_text(re.compile(sentence))
    expect(dialog.locator(".network-words")).to_contain_text("Point at a unit")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_the_gallery_is_filtered_and_the_matrix_walked_by_keyboard(visitor: Visitor) -> None:
    page = open_view(visitor, "Mistakes", 390)
    heading = page.locator(".inside-gallery-part h2")
    mistakes = count_in(heading.inner_text())
    right = page.locator(".inside-right").all_inner_texts()
    assert mistakes == 10_000 - sum(int(count) for count in right)
    page.get_by_label("Read as", exact=True).select_option("the same digit")
    expect(heading).to_contain_text("read right")
    assert count_in(heading.inner_text()) == 10_000 - mistakes
    page.get_by_label("Sureness").select_option("under 60%")
    assert 0 < count_in(heading.inner_text()) < 10_000 - mistakes
    page.get_by_text("Rates in %").click()
    first = page.locator(".inside-confusions button").first
    expect(first).to_have_text(re.compile(r"\d\d\.\d|100"))
    first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".inside-confusions button:focus")).to_have_attribute(
        "aria-label", re.compile("^1 read as 0")
    )


def fitted_network(units: int) -> tuple[list[FloatArray], list[FloatArray]]:
    """A network whose first layer is left to chance and whose last is fitted; before and after."""
    digits = load_test_images(DEFAULT_FOLDER)
    assert digits
    random = np.random.default_rng(0)
    before = [
        random.normal(0, 0.05, (784, units)),
        np.zeros(units),
        np.ones((units, 10)),
        np.zeros(10),
    ]
    hidden = np.maximum(digits[0].reshape(-1, 784) / 255 @ before[0], 0)
    fitted = np.linalg.lstsq(hidden, np.eye(10)[digits[1]], rcond=None)[0]
    after = [*before[:2], fitted, before[3]]
    return [array.astype(np.float32) for array in before], [
        array.astype(np.float32) for array in after
    ]


@pytest.fixture
def shared_network(server: Server, visitor: Visitor) -> Page:
    """The Inside page of a small network that somebody has shared."""
    run_id, database = "a-fitted-network", f"sqlite:///{server.data / 'playground.db'}"
    with open_store(database, str(server.data / "artifacts")) as store:
        artifacts = {
            name: store.artifacts.save(run_id, name, packed_weights(weights))
            for name, weights in zip(NAMES, fitted_network(UNITS), strict=True)
        }
        settings = TrainingSettings(hidden_layers=(UNITS,)).model_dump(mode="json")
        store.runs.put(
            Run(
                id=run_id,
                visitor="somebody",
                name="fitted",
                created_at=time.time(),
                state=State.FINISHED,
                settings=settings,
                artifacts=artifacts,
            )
        )
    page = visitor(f"/inside?run={run_id}")
    page.get_by_text("Somebody's network fitted").wait_for()
    return page


def accuracy_on_all(page: Page) -> float:
    """What Break it says, once all test images are read again."""
    expect(page.locator(".inside-result p")).to_contain_text("right on all 10,000")
    return float(page.locator(".inside-accuracy").inner_text().rstrip("%"))


def test_what_is_switched_off_or_spoilt_changes_the_accuracy(shared_network: Page) -> None:
    page = shared_network
    page.get_by_role("tab", name="Break it").click()
    whole = accuracy_on_all(page)
    said = page.locator(".inside-result p").inner_text()
    assert f"{whole:.2f}% when nothing is broken" in said, "page and server agree"
    unit = page.locator(".inside-switches button").first
    unit.click()
    expect(unit).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".inside-accuracy")).not_to_have_text(f"{whole:.2f}%")
    assert accuracy_on_all(page) != whole
    page.get_by_label("Turn").fill("90")
    turn = page.locator(".inside-slider", has_text="Turn")
    expect(turn.locator(".inside-value")).to_have_text("90°")
    expect(page.locator(".inside-examples .inside-wrong").first).to_be_visible()
    page.get_by_role("button", name="Mend everything").click()
    expect(page.locator(".inside-accuracy")).to_have_text(f"{whole:.2f}%")
    page.get_by_label("Layer 1: units off").fill(str(UNITS))
    expect(page.locator(".inside-accuracy")).not_to_have_text(f"{whole:.2f}%")
    assert accuracy_on_all(page) < 20, "without a layer it always says the same"


def test_the_weights_are_shown_with_those_before_training(shared_network: Page) -> None:
    page = shared_network
    page.get_by_role("tab", name="Weights").click()
    expect(page.locator(".inside-units button")).to_have_count(UNITS)
    expect(page.locator(".inside-before")).to_have_count(2)
    expect(page.locator(".inside-dead")).to_contain_text("10,000 test images")
    page.locator(".inside-units button").first.click()
    unit = page.get_by_role("dialog", name="A unit")
    expect(unit).to_contain_text("It speaks most for")
    expect(unit.locator("figure")).to_have_count(12)
    page.keyboard.press("Escape")
    expect(page.locator(".inside-units button").first).to_be_focused()
    page.get_by_role("tab", name="Weights").press("ArrowLeft")
    expect(page.get_by_role("tab", name="Mistakes")).to_be_focused()


def test_the_map_shows_what_is_pointed_at(visitor: Visitor) -> None:
    page = open_view(visitor, "Map", 390)
    placed = page.locator(".inside-view:not([hidden]) > p").last
    expect(placed).to_contain_text("placed by hidden layer 2")
    page.get_by_label("Placed by").fill("0")
    expect(placed).to_contain_text("placed by the pixels")
    page.get_by_text("neighbours stay (UMAP)").click()
    expect(placed).to_contain_text("Neighbours lie together")
    expect(page.locator(".inside-own-drawing").first).to_be_hidden()
    page.get_by_text("differences stay (PCA)").click()
    expect(placed).to_contain_text("of all differences")
    page.locator(".inside-chart").press("ArrowRight")
    expect(page.locator(".inside-shown")).to_contain_text("Test image 1:")


def test_dots_turn_answers_that_were_right(shared_network: Page) -> None:
    page = shared_network
    page.get_by_role("tab", name="Fool it").click()
    figures = page.locator(".inside-fooled figure")
    expect(figures).to_have_count(12)
    first = figures.first.inner_text()
    assert re.fullmatch(r"an? \d, \d+ dots? → an? \d", first)
    page.get_by_role("button", name="Twelve others").click()
    expect(figures).to_have_count(12)


def test_a_drawing_is_carried_over_moves_on_the_map_and_is_fooled(visitor: Visitor) -> None:
    page = visitor("/draw", 390)
    page.get_by_text("Nothing drawn yet").first.wait_for()
    draw(page, SEVEN)
    page.locator(".answer:not(.answer-live):not(.answer-empty)").wait_for()
    page.get_by_role("link", name="Look inside").first.click()
    page.get_by_role("tab", name="Map").click()
    said = page.locator(".inside-map-side > p")
    expect(said).to_have_text("Your drawing (framed) is read as a 7.")
    mark = page.locator(".inside-own")
    before = mark.get_attribute("style")
    pad = page.locator(".inside-view:not([hidden]) .inside-pad")
    pad.scroll_into_view_if_needed()
    *moving, _ = (said.inner_text() for _ in movements(page.mouse, pad.bounding_box(), [ONE]))
    assert any("a 7" not in words for words in moving), "it moves before the pen is lifted"
    expect(said).to_have_text("Your drawing (framed) is read as a 1.")
    assert mark.get_attribute("style") != before
    page.get_by_role("tab", name="Fool it").click()
    own = page.locator(".inside-pad-row figcaption")
    expect(own).to_have_text(re.compile(r"a 1, \d+ dots? → an? \d"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Clear").last.click()
    expect(own).to_have_count(0)


def test_weights_that_cannot_be_had_have_a_sentence(
    visitor: Visitor,
) -> None:
    page = visitor("/inside")
    page.route("**/weights/**", lambda route: route.fulfill(status=404, body="gone"))
    page.get_by_role("tab", name="Weights").click()
    trouble = page.get_by_role("alert").filter(has_text="cannot be taken apart")
    expect(trouble).to_be_visible()
    page.unroute_all()
    page.get_by_role("tab", name="Mistakes").click()
    page.get_by_role("tab", name="Weights").click()
    expect(page.locator(".inside-units button").first).to_be_visible()
