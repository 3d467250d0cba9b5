"""Learn takes the ready-made network apart: the numbers on the page fit together."""

import math
import re

from playwright.sync_api import Page, expect


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
    _, products, bias, total, says = numbers(page, "unit")
    assert math.isclose(products + bias, total, abs_tol=0.011)
    assert says == max(total, 0)

    shares = page.locator(".st-key-real_softmax tbody td:last-child")
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
    assert math.isclose(moved, weight - 0.05 * slope, abs_tol=0.001)
