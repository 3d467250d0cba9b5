"""The picture of the network: what it shows, says of a unit, and does when one is switched off."""

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from digits.choices import ACTIVATION_ROWS
from digits.inference import forward
from tests.browser.steps import (
    BARS,
    ONE,
    SEVEN,
    clear,
    draw,
    press_train,
    wait_for_state,
    wait_until,
)
from tests.browser.test_pen import LIVE, open_draw_page, pen_down
from ui.shared.javascript_modules import module_address

PICTURE = ".answer-network"
UNITS = f"{PICTURE} .network-units button"
CARD = f"{PICTURE} .network-card"
PANEL = f"{PICTURE} .network-unit-panel"
SHARES = f"{PICTURE} .network-output-panel tbody td:last-child"
PAINTED = f"document.querySelector('{PICTURE} > canvas').toDataURL()"
SMALL = [784, 20, 12, 10]


@pytest.fixture
def drawn(visitor: Callable[..., Page]) -> Page:
    """Draw with a seven on the canvas, and its picture."""
    page = open_draw_page(visitor("/models"))
    draw(page, SEVEN)
    page.locator(".answer:not(.answer-live):not(.answer-empty)").wait_for()
    page.get_by_text("Point at a unit to see").wait_for()
    return page


def unit(page: Page, label: str) -> Any:
    return page.get_by_role("button", name=label, exact=True)


def number(text: str) -> float:
    return float(text.replace("\N{MINUS SIGN}", "-").replace(",", ""))


def test_it_moves_while_the_pen_does(visitor: Callable[..., Page]) -> None:
    page = open_draw_page(visitor("/models"))
    page.get_by_text("Draw, and it moves with the pen.").wait_for()
    at_rest = page.evaluate(PAINTED)
    pen_down(page, *SEVEN[:2])
    page.locator(LIVE).wait_for()
    wait_until(page, f"{PAINTED} !== {at_rest!r}")
    half_way = page.evaluate(PAINTED)
    pen_down(page, *SEVEN)
    wait_until(page, f"{PAINTED} !== {half_way!r}")
    page.mouse.up()


def test_a_unit_says_its_sum_term_by_term(drawn: Page) -> None:
    drawn.locator(UNITS).first.hover()
    expect(drawn.locator(f"{PANEL} h4")).to_have_text(re.compile(r"Unit \d+ of layer 1"))
    *terms, total = [
        number(text) for text in drawn.locator(f"{PANEL} td:last-child").all_inner_texts()
    ]
    assert sum(terms) == pytest.approx(total, abs=0.005 * len(terms))
    says = drawn.locator(f"{PANEL} p").inner_text()
    assert says.startswith("Relu keeps what is above 0 and makes 0 of the rest: it says ")
    assert number(says.split()[-1].rstrip(".")) == pytest.approx(max(total, 0))


IN_WORDS = re.compile(r"In any image ink .+ adds most, ink .+ takes most away\.$")


def test_a_unit_of_the_first_layer_says_in_words_where_it_looks_for_ink(drawn: Page) -> None:
    drawn.locator(UNITS).first.hover()
    says = drawn.locator(f"{PANEL} small")
    expect(says).to_have_text(IN_WORDS)
    colours = [
        word.evaluate("word => getComputedStyle(word).color") for word in says.locator("b").all()
    ]
    assert colours == ["rgb(0, 114, 178)", "rgb(184, 79, 0)"], "blue is blue, orange is orange"
    drawn.locator(UNITS).nth(16).hover()
    expect(drawn.locator(f"{PANEL} h4")).to_contain_text("of layer 2")
    expect(says).to_have_text("Only roughly: Blue: ink here speaks for it; orange: against. ")


def test_a_term_and_its_line_stand_out_together(drawn: Page) -> None:
    first = drawn.locator(UNITS).nth(20)
    first.hover()
    before = drawn.evaluate(PAINTED)
    row = drawn.locator(f"{PANEL} tr").first
    row.hover()
    expect(row).to_have_class("network-pointed")
    assert drawn.evaluate(PAINTED) != before
    canvas = drawn.locator(f"{PICTURE} > canvas").bounding_box()
    box = first.bounding_box()
    assert canvas
    assert box
    # All lines into a unit end at the middle of its left edge.
    drawn.mouse.move(box["x"] - 8, box["y"] + box["height"] / 2)
    expect(drawn.locator(f"{PANEL} .network-pointed")).to_have_count(1)
    drawn.mouse.move(canvas["x"] + 2, canvas["y"] + 2)
    expect(drawn.locator(f"{PANEL} .network-pointed")).to_have_count(0)


def test_units_switched_off_change_what_is_read(drawn: Page) -> None:
    answer = drawn.locator(".answer-words")
    whole = answer.inner_text()
    for place in range(8):
        drawn.locator(UNITS).nth(16 + place).hover()
        drawn.locator(UNITS).nth(16 + place).click()
    words = drawn.locator(f"{PICTURE} .network-words")
    expect(words).to_contain_text("With 8 units switched off, it reads ")
    with_less = words.inner_text()
    for place in range(8, 16):
        drawn.locator(UNITS).nth(16 + place).hover()
        drawn.locator(UNITS).nth(16 + place).click()
    expect(words).to_contain_text("With 16 units switched off")
    assert words.inner_text().split("it reads")[1] != with_less.split("it reads")[1]
    drawn.get_by_role("button", name="Switch it on").click()
    expect(words).to_contain_text("With 15 units switched off")
    # There is one answer on the page, also where the next drawing is read.
    said = re.search(r"it reads (\d) \((.+)\)", words.inner_text())
    assert said
    expect(answer).to_have_text(
        re.compile(rf"With 15 units off it reads an? {said[1]} and is {said[2]} sure")
    )
    expect(drawn.locator(".st-key-predicted_digit")).to_have_text(said[1])
    draw(drawn, ONE)
    drawn.locator(".answer:not(.answer-live)").wait_for()
    expect(answer).to_contain_text("With 15 units off it reads")
    drawn.locator(".st-key-undo button").first.click()
    drawn.locator(f"{UNITS}[aria-label*='switched off']").last.wait_for()
    drawn.get_by_role("button", name="Switch all on").click()
    expect(answer).to_have_text(whole)
    drawn.locator(UNITS).first.hover()
    drawn.locator(UNITS).first.click()
    clear(drawn)
    expect(words).to_have_text("1 unit is switched off.")
    drawn.get_by_role("button", name="Switch all on").click()
    expect(words).to_have_text("Draw, and it moves with the pen.")
    expect(drawn.get_by_role("button", name="Switch all on")).to_be_hidden()


def test_softmax_with_its_own_numbers_and_temperature(drawn: Page) -> None:
    drawn.locator(UNITS).last.hover()
    expect(drawn.locator(f"{PICTURE} .network-output-panel h4")).to_be_visible()

    def shares() -> list[float]:
        said = drawn.locator(SHARES).all_inner_texts()
        return [number(text.split("=")[1].strip().rstrip("%")) / 100 for text in said]

    before = shares()
    np.testing.assert_allclose(before, drawn.evaluate(BARS), atol=6e-4)
    bars = drawn.evaluate(PAINTED)
    slider = drawn.get_by_label("Temperature")
    slider.press("End")
    assert max(shares()) < max(before)
    assert sum(shares()) == pytest.approx(1, abs=0.006)
    assert drawn.evaluate(PAINTED) == bars


def test_keys_lead_from_unit_to_unit(drawn: Page) -> None:
    first = drawn.locator(UNITS).first
    first.focus()
    first.press("ArrowDown")
    expect(drawn.locator(UNITS).nth(1)).to_be_focused()
    drawn.keyboard.press("ArrowRight")
    expect(drawn.locator(UNITS).nth(17)).to_be_focused()
    expect(drawn.locator(f"{PANEL} h4")).to_contain_text("of layer 2")
    drawn.keyboard.press("Enter")
    expect(drawn.locator(UNITS).nth(17)).to_have_attribute("aria-label", re.compile("switched off"))
    drawn.keyboard.press("Escape")
    expect(drawn.locator(PANEL)).to_be_hidden()
    assert drawn.locator(f"{UNITS}[tabindex='0']").count() == 1


def test_with_a_finger_the_second_tap_switches_off(visitor: Callable[..., Page]) -> None:
    page = open_draw_page(visitor("/models", width=390, has_touch=True, is_mobile=True))
    draw(page, SEVEN)
    page.get_by_text("tap again to switch it off").wait_for()
    first = page.locator(UNITS).first
    first.tap()
    expect(page.locator(f"{PANEL} small")).to_have_text(IN_WORDS)
    expect(page.locator(CARD)).to_be_in_viewport(ratio=1)
    expect(first).not_to_have_attribute("aria-label", re.compile("switched off"))
    first.tap()
    expect(first).to_have_attribute("aria-label", re.compile("switched off"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


SURROUNDINGS = f"""JSON.stringify([...document.querySelectorAll(
  ".st-key-next_steps, .st-key-glossary, .answer-top, .network-words, {PICTURE}, {UNITS}"
)].map(part => part.getBoundingClientRect()))"""


def test_the_card_of_a_unit_moves_nothing_and_goes_with_the_pointer(drawn: Page) -> None:
    card = drawn.locator(CARD)
    drawn.locator(UNITS).nth(20).scroll_into_view_if_needed()
    before = drawn.evaluate(SURROUNDINGS)
    for place in (3, 20, 33):
        drawn.locator(UNITS).nth(place).hover()
        expect(card).to_be_visible()
        assert drawn.evaluate(SURROUNDINGS) == before
        # Before the next one is pointed at: the card covers it, and Playwright would scroll.
        drawn.mouse.move(2, 2)
        expect(card).to_be_hidden()
    unit = drawn.locator(UNITS).nth(3)
    unit.hover()
    table = drawn.locator(f"{PANEL} table")
    pointed = [card.bounding_box(), table.bounding_box()]
    unit.click()
    assert [card.bounding_box(), table.bounding_box()] == pointed, "pressed, it stands as it did"
    drawn.mouse.move(2, 2)
    drawn.wait_for_timeout(1000)
    expect(card).to_be_visible()
    drawn.keyboard.press("Escape")
    expect(card).to_be_hidden()
    assert drawn.evaluate(SURROUNDINGS) == before


MADE = """async ({ address, widths, weights, activation, image }) => {
  const { NetworkPicture } = await import(`${address}/network_picture/network_picture.js`)
  const { Network } = await import(`${address}/in_page/forward.js`)
  const place = document.body.appendChild(document.createElement("div"))
  place.style.width = "700px"
  const picture = new NetworkPicture(place)
  if (!weights) {
    picture.showShape(widths)
  } else {
    const network = new Network(new Float32Array(weights), widths, activation)
    picture.show({ network, image: new Uint8Array(image), temperature: 1 })
  }
  const found = {
    places: picture.shown.map(({ places }) => places),
    scores: picture.view.scores?.map(scores => [...scores]),
    answer: picture.view.answer,
    buttons: place.querySelectorAll("button").length,
    colours: new Set(place.querySelector("canvas").getContext("2d")
      .getImageData(0, 0, 700, 300).data).size,
  }
  place.remove()
  return found
}"""


def made(page: Page, widths: list[int], **reading: Any) -> dict[str, Any]:
    address = module_address("shared/in_page/forward.js").removesuffix("/in_page/forward.js")
    found: dict[str, Any] = page.evaluate(MADE, {"address": address, "widths": widths, **reading})
    return found


@pytest.mark.parametrize(
    "widths", [[784, 10], [784, 1, 10], [784, *6 * [1024], 10], [784, 16, 17, 10]], ids=str
)
def test_every_shape_has_a_picture(page: Page, widths: list[int]) -> None:
    found = made(page, widths)
    assert [len(places) for places in found["places"]] == [0, *(min(16, n) for n in widths[1:])]
    assert found["buttons"] == sum(len(places) for places in found["places"]) + 2
    assert found["colours"] > 1


@pytest.mark.parametrize("activation", ["relu", "elu", "tanh", "sigmoid"])
def test_the_units_that_matter_most_are_shown(page: Page, activation: Any) -> None:
    random = np.random.default_rng(7)
    weights = [
        array.astype(np.float32)
        for inputs, units in pairwise(SMALL)
        for array in (random.normal(0, 0.2, (inputs, units)), random.normal(0, 0.1, units))
    ]
    image = random.integers(0, 256, 784, dtype=np.uint8)
    found = made(
        page,
        SMALL,
        weights=np.concatenate([array.ravel() for array in weights]).tolist(),
        activation=activation,
        image=image.tolist(),
    )
    hidden = forward(weights, activation, image.reshape(1, 28, 28))[1][0].astype(float)
    activate = ACTIVATION_ROWS[activation].value

    def logits(first: Any) -> Any:
        return activate(first @ weights[2] + weights[3]) @ weights[4] + weights[5]

    answer = int(logits(hidden).argmax())
    assert found["answer"] == answer
    changes = np.eye(SMALL[1]) * 1e-4
    slopes = (logits(hidden + changes) - logits(hidden - changes)) / 2e-4
    expected = hidden * (slopes[:, answer] - slopes.mean(axis=1))
    np.testing.assert_allclose(found["scores"][1], expected, atol=1e-3)
    shown = set(found["places"][1])
    scores = np.abs(found["scores"][1])
    others = [unit for unit in range(SMALL[1]) if unit not in shown]
    assert scores[others].max() <= 1.5 * scores[list(shown)].min()


ON_TRAIN = ".network-on-train"


def test_on_train_it_takes_the_shape_of_the_settings(page: Page) -> None:
    page.goto("/?epochs=2")
    units = page.locator(f"{ON_TRAIN} .network-units button")
    expect(units).to_have_count(16 + 16 + 10)
    expect(page.locator(f"{ON_TRAIN} .network-words")).to_contain_text("Point at a unit")
    page.locator(".st-key-remove_layer_1 button").first.click()
    expect(units).to_have_count(16 + 10)


def test_on_train_the_weights_of_a_run_are_shown(page: Page) -> None:
    fetched: set[str] = set()
    page.on("response", lambda answer: fetched.add(answer.url) if answer.ok else None)
    page.goto("/?layers=32&batch=256&epochs=4")
    page.get_by_text("784 → 32").first.wait_for()
    press_train(page)
    wait_for_state(page, "finished")
    page.get_by_text("It reads test images with what it has learned.").wait_for()
    expect(page.locator(f"{ON_TRAIN} .network-units button")).to_have_count(16 + 10)
    for _ in range(300):
        if any("/weights/" in address for address in fetched):
            break
        page.wait_for_timeout(100)
    assert any("/weights/" in address for address in fetched)
