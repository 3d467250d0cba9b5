"""What the bare address greets with: a drawing that is read, then the visitor's own, then Train."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, WebSocket, expect

from digits.drawing import prepare
from digits.outlier_detection import SENTENCES, doubt
from digits.strokes import rasterise_lines
from scripts.browsers import movements
from tests.browser.steps import SEVEN, press_train, wait_for_state, wait_until

PAPER = ".greeting-pad"
READ = ".greeting-words"
WHAT_NEXT = "Another one? Clear it. Or train your own network."
WRITE = "(element, words) => { element.textContent = words }"


@pytest.mark.parametrize("screen", ["wide", "phone without motion"])
def test_a_digit_is_read_then_the_visitors_own_then_one_press_trains(
    visitor: Callable[..., Page], screen: str
) -> None:
    still = {"width": 390, "has_touch": True, "is_mobile": True, "reduced_motion": "reduce"}
    page = visitor("/models", **({} if screen == "wide" else still))
    sent: list[str | bytes] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: sent.append(frame))

    page.on("websocket", listen)
    page.goto("/")
    if screen == "wide":
        page.get_by_text("So far it reads a").wait_for()
    page.get_by_text("Now you: draw a digit here.").wait_for()
    expect(page.locator(READ)).to_contain_text("It reads a 3")
    for part in (PAPER, ".greeting-digit", ".greeting-train", ".greeting-network"):
        box = page.locator(part).bounding_box()
        assert box
        assert 0 <= box["y"] < 844 - 44, f"{part} is in the first screen"
    page.get_by_text(re.compile("(About|take).* on this machine")).wait_for()  # it asks until then
    expect(page.locator(".greeting-time")).to_have_text(re.compile("^about .* (s|min)$"))
    page.wait_for_timeout(1000)
    before = len(sent)
    for _ in movements(page.mouse, page.locator(PAPER).bounding_box(), [SEVEN]):
        pass
    expect(page.locator(READ)).to_contain_text("It reads a 7")
    expect(page.locator(".greeting-invitation")).to_have_text(re.compile("Another one. Clear it"))
    unit = page.locator(".greeting-network .network-units button").first
    for _ in range(2):  # the first press may only show it
        unit.click() if screen == "wide" else unit.tap()
        if "switched off" in (unit.get_attribute("aria-label") or ""):
            break
    said = page.locator(".greeting-network .network-words")
    expect(said).to_contain_text("With 1 unit switched off")
    share = said.inner_text().split("(")[1].split(")")[0]
    expect(page.locator(READ)).to_contain_text("With 1 unit off it reads a")
    expect(page.locator(READ)).to_contain_text(f"is {share} sure")
    page.keyboard.press("Escape")  # its card may lie upon what comes next
    page.locator(".greeting-clear").click()
    expect(page.locator(READ)).to_have_text("")
    expect(page.locator(".greeting-invitation")).to_have_text("Now you: draw a digit here.")
    assert len(sent) == before, "nothing is sent while the visitor draws"
    if screen == "wide":
        page.locator(".st-key-remove_layer_1 button").first.click()
        page.locator(".network-on-train").wait_for()
        expect(page.locator(PAPER)).to_have_count(0)
        return
    page.locator(".greeting-train").click()
    page.wait_for_url("**run=*")
    page.locator(".st-key-stop button").click()


def test_train_keeps_the_focus_of_a_keyboard_as_it_becomes_the_button_that_stands_out(
    visitor: Callable[..., Page],
) -> None:
    page = visitor("/", color_scheme="light")
    train = page.locator(".st-key-train button")
    page.locator(".greeting-train").wait_for()
    expect(train).to_have_css("background-color", "rgba(0, 0, 0, 0)")  # one stands out, not two
    page.get_by_label("Epochs", exact=True).focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("2")
    for _ in range(6):
        page.keyboard.press("Tab")
        if train.evaluate("button => button === document.activeElement"):
            break
    page.wait_for_url("**epochs=2*")
    expect(page.locator(".greeting-train")).to_have_count(0)
    expect(train).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")
    expect(train).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**run=*")
    expect(page.locator(".st-key-stop button")).to_be_focused()


def test_a_scribble_is_said_to_look_like_no_digit(page: Page) -> None:
    page.get_by_text("Now you: draw a digit here.").wait_for()
    said = page.locator(".greeting-invitation")
    scribble = [(0.2 + 0.6 * (step % 2), 0.15 + 0.07 * step) for step in range(11)]
    eleven = [[(x, 0.2), (x, 0.8)] for x in (0.3, 0.7)]
    for strokes, doubted in (([scribble], "unlike"), (eleven, "number"), ([SEVEN], None)):
        lines = [(320 * np.array(stroke), 20.0) for stroke in strokes]
        image = prepare(rasterise_lines(lines, 320))
        answer = doubt(image)
        assert (answer and answer.reason) == doubted, "as Draw says"
        for _ in movements(page.mouse, page.locator(PAPER).bounding_box(), strokes):
            pass
        expect(said).to_contain_text(answer.sentence if answer else "Another one?")
        page.locator(".greeting-clear").click()
        expect(said).to_contain_text("Now you")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_time_is_the_one_below_train_and_no_button_moves_for_what_is_said(
    visitor: Callable[..., Page], width: int
) -> None:
    page = visitor("/", width=width)
    page.get_by_text("Now you: draw a digit here.").wait_for()
    below = page.locator(".st-key-expected_time p")
    expect(below).to_contain_text(re.compile("(About|take about) .* on this machine"))
    # As long as it takes: while the machine is measured it is written anew.
    wait_until(
        page,
        """(() => {
          document.querySelector(".st-key-expected_time strong").textContent = "1 min 50 s"
          return document.querySelector(".greeting-time").textContent === "about 1 min 50 s"
        })()""",
    )
    tops = set()
    for invitation in ("Now you: draw a digit here.", *SENTENCES.values(), WHAT_NEXT):
        for reading in ("", "With 10 units off it reads an 8 and is over 99.9% sure"):
            page.locator(".greeting-invitation").evaluate(WRITE, invitation)
            page.locator(READ).evaluate(WRITE, reading)
            box = page.locator(".greeting-train").bounding_box()
            assert box
            tops.add(box["y"])
    assert len(tops) == 1, f"the button moved: {tops}"


IS_CUT = """label => [label, ...label.querySelectorAll("*")].some(
  each => getComputedStyle(each).overflow !== "visible"
    && each.scrollWidth > each.clientWidth + 1)"""

# Of the result, and of what stands below Train on the form.
PLACES = """[".st-key-run_panel", ".st-key-settings [data-testid=stExpander]"].map(
  each => Math.round(document.querySelector(each).getBoundingClientRect().top
    + document.querySelector("[data-testid=stMain]").scrollTop))"""


@pytest.mark.parametrize("width", [1280, 390])
def test_one_button_stands_out_beside_a_finished_run_which_stays_where_it_is(
    visitor: Callable[..., Page], width: int
) -> None:
    page = visitor("/?epochs=1&batch=512", width=width, color_scheme="light")
    press_train(page)
    wait_for_state(page, "finished")
    label = page.locator(".st-key-test_accuracy [data-testid=stMetricLabel]")
    assert not label.evaluate(IS_CUT), "all of what was measured is said"
    train = page.locator(".st-key-train button")
    expect(train).to_have_css("background-color", "rgba(0, 0, 0, 0)")
    epochs = page.get_by_label("Epochs", exact=True)
    before = page.evaluate(PLACES)
    epochs.fill("3")
    epochs.press("Tab")
    page.locator(".st-key-other_settings").wait_for()
    expect(train).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")
    assert page.evaluate(PLACES) == before, "neither the result nor the form moves"
    page.get_by_role("button", name="Other settings than this run").click()
    page.get_by_role("button", name="Set them like this run").click()
    expect(page.locator(".st-key-other_settings")).to_have_count(0)
