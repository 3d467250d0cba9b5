"""Learn takes the ready-made network apart: the numbers on the page fit together."""

import math
import re
from typing import NamedTuple

import tensorflow as tf
from playwright.sync_api import Page, Route, expect

from digits.dataset import DEFAULT_FOLDER, load_test_images
from tests.browser.steps import wait_until
from trainer.checkpoints import unpacked_weights
from trainer.ready_made import FOLDER

FIRST_RATE = 0.002  # of the step, before its slider is moved
TOP_OF_HEADING = "document.getElementById('a-loss-for-choosing').getBoundingClientRect().top"


class Step(NamedTuple):
    """What GradientTape finds for one image: a slope, and the losses before and after the step."""

    slope: float
    loss: float
    loss_after: float


def step_by_tape(right: int, unit: int, rate: float) -> Step:
    """Take the lesson's step with TensorFlow: the ready-made network, the first 3 of the test set.

    Args:
        right: the digit that is supposed to be right.
        unit: of the last hidden layer, from which the weight leads to that digit's score.
        rate: of learning.
    """
    digits = load_test_images(DEFAULT_FOLDER)
    assert digits
    images, labels = digits
    image = images[(labels == 3).argmax()].reshape(1, -1) / 255
    content = (FOLDER / "checkpoint.npz").read_bytes()
    weights = [tf.Variable(array) for array in unpacked_weights(content)]

    def loss() -> tf.Tensor:
        signal = tf.constant(image, tf.float32)
        for kernel, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
            signal = tf.nn.relu(signal @ kernel + bias)
        scores = signal @ weights[-2] + weights[-1]
        return tf.nn.sparse_softmax_cross_entropy_with_logits([right], scores)[0]

    with tf.GradientTape() as tape:
        before = loss()
    gradients = tape.gradient(before, weights)
    slope = float(gradients[-2][unit, right])
    for weight, gradient in zip(weights, gradients, strict=True):
        weight.assign_sub(rate * gradient)
    return Step(slope, float(before), float(loss()))


def numbers(page: Page, part: str) -> list[float]:
    """Read the last column of a part's table."""
    cells = page.locator(f".st-key-real_{part} tbody td:last-child").all_inner_texts()
    plain = [cell.replace("\N{MINUS SIGN}", "-") for cell in cells]
    return [float(re.findall(r"[+-]?[\d.]+(?:e[+-]\d+)?", cell)[0]) for cell in plain]


def test_a_unit_softmax_and_a_step_add_up(page: Page) -> None:
    page.goto("/learn")
    choices = page.locator(".lesson-choice")
    expect(choices).to_have_count(8)
    choices.nth(2).click()
    expect(choices.nth(2)).to_have_attribute("aria-pressed", "true")
    _, *_, says = numbers(page, "unit")
    for choice in choices.all():
        choice.click()
        product, products, bias, total, says = numbers(page, "unit")
        assert math.isclose(products + bias, total, abs_tol=0.0051), "as the rounded numbers say"
        assert says == max(total, 0)
        first_row = page.locator(".st-key-real_unit tbody th").first
        expect(first_row).to_contain_text("adds:" if product > 0 else "takes away:")
        more, less = ("adds", "takes away") if total > 0 else ("takes away", "adds")
        said = page.locator(".st-key-real_unit .lesson-said")
        expect(said).to_contain_text(f"what {more} outweighs what {less}")
        looked_for = page.locator(".st-key-real_unit .lesson-looks-for")
        expect(looked_for).to_have_text(
            re.compile(r"looks for in any image: ink .+ adds most, ink .+ takes most away\.")
        )

    shares = page.locator(".st-key-real_softmax tbody td:last-child")
    expect(shares).to_have_count(10)
    before = shares.all_inner_texts()
    page.locator(".lesson-slider input[name=all]").fill("-8")
    expect(page.locator(".st-key-real_softmax .lesson-said")).to_contain_text("not one share")
    assert shares.all_inner_texts() == before
    page.get_by_label("Show it a face").check()
    expect(page.locator(".st-key-real_softmax .lesson-said")).to_contain_text("no eleventh row")

    step = page.locator(".st-key-real_step")
    step.locator("select").select_option("8")
    expect(step.locator("tbody tr").first).to_contain_text("it gives the 8")
    _, loss, weight, slope, moved, _, loss_after = numbers(page, "step")
    assert loss_after < loss
    assert slope < 0 < moved - weight
    named = re.search(r"from unit (\d+) of", step.locator("tbody").inner_text())
    assert named
    tape = step_by_tape(8, int(named[1]) - 1, FIRST_RATE)
    assert math.isclose(slope, tape.slope, abs_tol=0.01)
    assert math.isclose(loss, tape.loss, rel_tol=1e-3)
    assert math.isclose(loss_after, tape.loss_after, abs_tol=1e-3)
    expect(step.locator(".lesson-said")).to_contain_text("It reads a 3 before and after")
    expect(step.locator(".lesson-said")).to_contain_text("this step is a small one")
    step.locator("input").fill(str(math.log(0.05)))
    expect(step.locator(".lesson-said")).to_contain_text("now it reads an 8")
    expect(step.locator(".lesson-said")).to_contain_text("turns its answer round")
    assert math.isclose(moved, weight - FIRST_RATE * slope, abs_tol=0.001)


def test_figures_off_the_screen_are_drawn_without_being_scrolled_to(page: Page) -> None:
    page.goto("/learn")
    expect(page.locator(".st-key-certainty_plot .main-svg").first).to_be_attached()
    expect(page.locator(".digit-plot[aria-label]:not(:has(.main-svg))")).to_have_count(0)
    assert page.locator(".stMain").evaluate("main => main.scrollTop") == 0


def test_code_is_coloured_without_streamlits_highlighter_and_can_be_copied(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/learn")
    code = page.locator(".lesson-code", has_text="keras.Sequential")
    code.get_by_role("button", name="Copy").click()
    expect(code.get_by_role("button")).to_have_text("Copied")
    assert "keras.Sequential" in page.evaluate("navigator.clipboard.readText()")
    assert not [url for url in asked if "SyntaxHighlighter" in url]


def test_the_contents_say_which_section_is_read(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/learn")
    expect(page.locator(".lesson-choice")).to_have_count(8)
    current = page.locator(".st-key-lesson_contents a[aria-current]")
    for anchor in ("overfitting", "softmax"):
        page.locator(f"#{anchor}").evaluate("heading => heading.scrollIntoView()")
        expect(current).to_have_attribute("href", re.compile(f"#{anchor}$"))
        expect(current).to_be_in_viewport()


def test_on_a_phone_a_button_shows_all_sections(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/learn")
    expect(page.locator(".lesson-choice")).to_have_count(8)
    links = page.locator(".st-key-lesson_contents a")
    last = links.last
    expect(last).not_to_be_in_viewport()
    button = page.get_by_role("button", name="All 11 sections")
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    for link in (links.first, links.nth(5), last):
        expect(link).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    expect(last).not_to_be_in_viewport()
    button.click()
    links.nth(6).click()
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#overfitting")).to_be_in_viewport()
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(button).to_be_hidden()


def test_weights_that_cannot_be_had_are_asked_for_again(page: Page) -> None:
    """They may be replaced between the page and its request, by a run that is trained on."""
    gone: list[str] = []

    def refuse(route: Route) -> None:
        gone.append(route.request.url)
        route.fulfill(status=404, body="This run has other weights by now.")

    page.route("**/weights/**", refuse, times=1)
    page.goto("/learn")
    for part in ("network canvas", "unit tbody", "softmax tbody", "step tbody"):
        expect(page.locator(f".st-key-real_{part}").first).to_be_attached()
    expect(page.get_by_text("could not be loaded")).to_have_count(0)
    assert len(gone) == 1


def test_a_link_to_a_heading_stays_there_while_pictures_come(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("about:blank")
    page.goto("/learn#a-loss-for-choosing")
    expect(page.locator(".lesson-choice")).to_have_count(8)
    expect(page.locator(".st-key-real_step tbody tr").first).to_be_attached()
    wait_until(page, "(top => top > 60 && top < 200)(" + TOP_OF_HEADING + ")")
    page.mouse.wheel(0, 600)
    wait_until(page, TOP_OF_HEADING + " < 0")
    page.set_viewport_size({"width": 400, "height": 844})  # whoever moves is not taken back
    page.wait_for_timeout(500)
    assert page.evaluate(TOP_OF_HEADING) < 0
