"""Draw in a real browser, with the mouse and with a finger."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from benchmarks.hosting.servers import Server
from digits.settings import TrainingSettings
from model_store.records import WEIGHTS, State
from model_store.store import Store
from tests.browser.draw_page import DIGIT, PLACES, has_ink, open_draw_page
from tests.browser.steps import (
    BARS,
    CANVAS,
    ONE,
    SEVEN,
    clear,
    draw,
    press_train,
    press_train_for_long,
    wait_for_state,
)
from tests.browser.stored_runs import id_of, put_run
from trainer.checkpoints import packed_weights
from ui.pages import PAGES

CANVASES = 3  # that take turns


def test_the_ready_made_network_reads_the_first_stroke(visitor: Callable[..., Page]) -> None:
    page = open_draw_page(visitor)
    draw(page, SEVEN)
    expect(page.locator(DIGIT)).to_have_text("7")
    page.locator(".answer:not(.answer-live)").wait_for()
    figure = page.locator(".st-key-probability_figure [role=img]")
    expect(figure).to_have_attribute("aria-label", re.compile("7: "))
    bars = page.evaluate(BARS)
    assert len(bars) == 10
    assert abs(sum(bars) - 1) < 1e-4


def test_train_your_own_leads_to_the_form_and_takes_the_drawing_along(
    visitor: Callable[..., Page],
) -> None:
    page = open_draw_page(visitor, width=390)
    draw(page, SEVEN)
    page.locator(".answer:not(.answer-live):not(.answer-empty)").wait_for()
    page.get_by_role("link", name="Train your own").click()
    train = page.locator(".st-key-train button")
    expect(train).to_be_in_viewport(ratio=1)
    expect(train).to_be_enabled()
    expect(page.get_by_role("checkbox", name="Follow what it makes")).to_be_checked()
    expect(page.locator(".st-key-greeting")).to_have_count(0)


def test_a_switch_changes_the_answer_and_stays_for_the_next_drawings(
    visitor: Callable[..., Page],
) -> None:
    page = open_draw_page(visitor)
    draw(page, [(0.1, 0.1), (0.2, 0.1), (0.14, 0.25)])
    figure = page.locator(".st-key-probability_figure [role=img]")
    expect(figure).to_have_attribute("aria-label", re.compile("7: "))
    prepared = figure.get_attribute("aria-label") or ""
    switch = page.get_by_role("switch", name="Prepare as MNIST was")
    switch.focus()
    page.keyboard.press("Space")
    expect(figure).not_to_have_attribute("aria-label", prepared)
    expect(switch).not_to_be_checked()
    squeezed = figure.get_attribute("aria-label") or ""
    draw(page, [(0.1, 0.6), (0.2, 0.6), (0.14, 0.75)])
    expect(figure).not_to_have_attribute("aria-label", squeezed)
    expect(switch).not_to_be_checked()
    clear(page)
    draw(page, ONE)
    expect(switch).not_to_be_checked()


def test_clear_empties_the_canvas_and_the_next_drawing_is_read_anew(
    visitor: Callable[..., Page],
) -> None:
    page = open_draw_page(visitor)
    draw(page, SEVEN)
    expect(page.locator(DIGIT)).to_have_text("7")
    clear(page)
    draw(page, ONE)
    expect(page.locator(DIGIT)).to_have_text("1")


def test_each_canvas_is_empty_when_it_comes_again_and_takes_strokes_and_undo(
    visitor: Callable[..., Page],
) -> None:
    page = open_draw_page(visitor)
    for _ in range(CANVASES + 1):
        draw(page, SEVEN)
        expect(page.locator(DIGIT)).to_have_text("7")
        draw(page, [(0.2, 0.2), (0.2, 0.8)])
        assert is_inked(page, 0.2, 0.5)
        page.get_by_role("button", name="Undo").click()
        expect(page.locator(DIGIT)).to_have_text("7")
        assert not is_inked(page, 0.2, 0.5)
        clear(page)
        assert not has_ink(page)


@pytest.mark.parametrize("times", [1, CANVASES, 2 * CANVASES])
def test_clear_pressed_before_the_stroke_was_sent_and_again_and_again(
    visitor: Callable[..., Page], times: int
) -> None:
    page = open_draw_page(visitor)
    draw(page, SEVEN)  # the canvas sends it 200 ms later
    page.locator(".st-key-clear button").evaluate(
        "(button, times) => { for (let i = 0; i < times; i++) button.click() }", times
    )
    page.wait_for_timeout(1_500)
    assert not has_ink(page)
    page.get_by_text("Nothing drawn yet").wait_for()
    draw(page, ONE)
    expect(page.locator(DIGIT)).to_have_text("1")


def test_ones_own_network_reads_after_training(page: Page) -> None:
    page.goto("/?epochs=3")
    press_train(page)
    wait_for_state(page, "finished")
    page.get_by_role("link", name="Draw").first.click()
    page.get_by_text("Read by your network").wait_for()
    draw(page, ONE)
    expect(page.locator(DIGIT)).to_have_text("1")


def test_a_phone_shows_all_of_it_and_does_not_scroll_sideways(
    visitor: Callable[..., Page],
) -> None:
    page = open_draw_page(visitor, width=390, has_touch=True, is_mobile=True)
    draw(page, SEVEN)
    expect(page.locator(DIGIT)).to_have_text("7")
    for each in PAGES:
        page.goto(f"/{each.url_path}")
        page.wait_for_selector("h1")
        main = "document.querySelector('[data-testid=stMain]')"
        assert page.evaluate(f"{main}.scrollWidth <= {main}.clientWidth")


def test_a_finger_draws_and_the_page_stays_where_it_is(visitor: Callable[..., Page]) -> None:
    page = open_draw_page(visitor, width=390, has_touch=True, is_mobile=True)
    canvas = page.locator(CANVAS)
    box = canvas.bounding_box()
    assert box
    touch = page.context.new_cdp_session(page)

    def send(kind: str, share: float) -> None:
        place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] * share}
        points = [] if kind == "touchEnd" else [place]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    main = "document.querySelector('[data-testid=stMain]').scrollTop"
    before = page.evaluate(main)
    send("touchStart", 0.85)
    for share in (0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2):
        send("touchMove", share)
    send("touchEnd", 0.2)
    expect(page.locator(DIGIT)).to_have_text("1")
    assert page.evaluate(main) == before


def test_a_stroke_may_begin_in_the_upper_right_corner(visitor: Callable[..., Page]) -> None:
    page = open_draw_page(visitor)
    corner = [(0.8, 0.03), (0.8, 0.6)]
    draw(page, corner)
    expect(page.locator(DIGIT)).to_have_text("1")


def test_ones_network_reads_while_it_trains(visitor: Callable[..., Page]) -> None:
    page = visitor()
    press_train_for_long(page)
    page.get_by_role("link", name="Draw").first.click()
    page.get_by_text("It reads with its newest weights").wait_for(timeout=60_000)
    draw(page, ONE)
    said = page.locator(".answer-as-of")
    expect(said).to_contain_text("With its weights")
    before = said.inner_text()
    expect(said).not_to_have_text(before, timeout=60_000)  # with the same drawing
    expect(said).to_contain_text("With its weights")
    page.get_by_role("link", name="Train").first.click()
    page.locator(".st-key-stop button").click()
    wait_for_state(page, "stopped")


@pytest.mark.parametrize("width", [1280, 800])
def test_the_canvas_stays_where_it_is_while_ones_run_goes_on_and_ends(
    visitor: Callable[..., Page], server: Server, store: Store, width: int
) -> None:
    page = visitor("/models", width=width)
    settings = TrainingSettings(hidden_layers=(), epochs=40)
    on_its_way = {"state": State.RUNNING, "step": 12_345, "total_steps": 71_280}
    run = put_run(store, id_of(page, server), "784-10", settings, **on_its_way)
    page.goto(f"{server.address}/draw?run={run}")
    words = page.locator(".st-key-reader_words")
    expect(words).to_contain_text("Until then the ready-made network reads.")
    page.locator(CANVAS).wait_for()
    page.evaluate("document.fonts.ready")
    place = page.evaluate(PLACES)
    weights = packed_weights([np.zeros((784, 10), np.float32), np.zeros(10, np.float32)])
    files = {WEIGHTS: store.artifacts.save(run, WEIGHTS, weights)}
    store.runs.change(run, artifacts=files)
    expect(words).to_contain_text("It reads with its newest weights.")
    assert page.evaluate(PLACES) == place
    store.runs.change(run, state=State.FINISHED, test={"accuracy": 0.9, "temperature": 1.0})
    expect(words).to_contain_text("Read by your network 784-10 (90.00% on the test images).")
    assert page.evaluate(PLACES) == place


@pytest.mark.parametrize(("width", "height"), [(390, 844), (320, 640)])
def test_a_phone_shows_the_whole_answer_in_the_first_screen(
    visitor: Callable[..., Page], width: int, height: int
) -> None:
    # With all that can be said above and beside it: an address without a run, a dot.
    page = open_draw_page(visitor, "/draw?run=none", width=width, has_touch=True, is_mobile=True)
    page.set_viewport_size({"width": width, "height": height})
    page.get_by_text("There is no run under this address").wait_for()
    draw(page, [(0.5, 0.5), (0.51, 0.5)])
    page.get_by_text("answer “none of them”").wait_for()
    for part in (CANVAS, DIGIT, ".answer-words", ".digit-bars"):
        box = page.locator(part).bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= height + 1, part
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0


# A stroke that has ended is painted on the lower canvas in the next frame.
PAINTED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def is_inked(page: Page, x: float, y: float) -> bool:
    """Whether the canvas shows ink at a place, as shares of its sides."""
    page.evaluate(PAINTED)
    return bool(
        page.locator(".st-key-pad canvas.dc-canvas.lower-canvas").evaluate(
            """(canvas, [x, y]) => canvas.getContext("2d").getImageData(
              Math.round(x * canvas.width), Math.round(y * canvas.height), 1, 1).data[0] > 128""",
            [x, y],
        )
    )


@pytest.mark.parametrize("width", [320, 700, 1280])
def test_ink_lies_where_the_pen_was_on_a_canvas_that_fits_the_screen(
    visitor: Callable[..., Page], width: int
) -> None:
    page = open_draw_page(visitor, width=width)
    draw(page, [(0.95, 0.1), (0.95, 0.9)])
    expect(page.locator(DIGIT)).to_have_text("1")
    assert is_inked(page, 0.95, 0.5)
    assert not is_inked(page, 0.85, 0.5)
    canvas = page.locator(CANVAS).bounding_box()
    answer = page.locator(".answer-reading").bounding_box()
    assert canvas
    assert answer
    assert canvas["x"] + canvas["width"] <= width
    beside = canvas["x"] + canvas["width"] <= answer["x"]
    assert beside or canvas["y"] + canvas["height"] <= answer["y"], "nothing lies on the other"


def test_undo_takes_back_the_last_stroke_by_mouse_and_keyboard(
    visitor: Callable[..., Page],
) -> None:
    page = open_draw_page(visitor)
    draw(page, ONE)
    expect(page.locator(DIGIT)).to_have_text("1")
    draw(page, [(0.2, 0.2), (0.2, 0.8)])
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(DIGIT)).to_have_text("1")
    assert is_inked(page, 0.5, 0.5)
    assert not is_inked(page, 0.2, 0.5)
    page.locator(".st-key-clear button").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Nothing drawn yet").wait_for()
    assert not is_inked(page, 0.5, 0.5)


def test_undo_by_touch_and_no_other_button_is_on_the_canvas(visitor: Callable[..., Page]) -> None:
    page = open_draw_page(visitor, width=390, has_touch=True, is_mobile=True)
    draw(page, ONE)
    expect(page.locator(DIGIT)).to_have_text("1")
    buttons = page.locator(":is(.st-key-pad, .st-key-undo) button:visible")
    assert [text.split()[-1] for text in buttons.all_inner_texts()] == ["Clear", "Undo"]
    page.locator(".st-key-undo button").tap()
    page.get_by_text("Nothing drawn yet").wait_for()


def test_a_drawing_is_there_after_a_look_at_another_page_and_undo_knows_it(
    visitor: Callable[..., Page],
) -> None:
    page = open_draw_page(visitor)
    draw(page, ONE)
    expect(page.locator(DIGIT)).to_have_text("1")
    page.locator(".answer:not(.answer-live)").wait_for()  # the server knows the stroke
    draw(page, [(0.2, 0.2), (0.2, 0.8)])
    page.locator(".answer-live").wait_for()
    page.locator(".answer:not(.answer-live)").wait_for()
    page.get_by_role("link", name="Models").first.click()
    page.locator(CANVAS).wait_for(state="detached")
    page.get_by_role("link", name="Draw").first.click()
    page.locator(CANVAS).wait_for()
    page.locator(DIGIT).wait_for()
    assert is_inked(page, 0.2, 0.5)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(DIGIT)).to_have_text("1")
    draw(page, [(0.8, 0.2), (0.8, 0.8)])
    assert is_inked(page, 0.5, 0.5)
    assert not is_inked(page, 0.2, 0.5)


BLURRED = {
    "white": "255",
    "noise": "Math.random() * 256",
}


@pytest.mark.parametrize("kind", BLURRED)
def test_a_browser_that_blurs_its_canvas_is_read_by_its_strokes(
    visitor: Callable[..., Page], kind: str
) -> None:
    page = visitor("/models")
    page.add_init_script(f"""
      const original = HTMLCanvasElement.prototype.toDataURL
      HTMLCanvasElement.prototype.toDataURL = function (...options) {{
        const copy = document.createElement("canvas")
        Object.assign(copy, {{ width: this.width, height: this.height }})
        const context = copy.getContext("2d")
        const image = context.createImageData(copy.width, copy.height)
        image.data.forEach((_, index, data) => {{
          data[index] = index % 4 === 3 ? 255 : {BLURRED[kind]}
        }})
        context.putImageData(image, 0, 0)
        return original.apply(copy, options)
      }}
      CanvasRenderingContext2D.prototype.getImageData = function (x, y, width, height) {{
        const image = this.createImageData(width, height)
        image.data.forEach((_, index, data) => {{ data[index] = {BLURRED[kind]} }})
        return image
      }}""")
    page.goto("/draw")
    page.locator(CANVAS).wait_for()
    page.get_by_text("Nothing drawn yet").wait_for()
    draw(page, SEVEN)
    expect(page.locator(DIGIT)).to_have_text("7")
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Nothing drawn yet").wait_for()
