"""What visitors do, and what they can see, in the words of the stable hooks of the pages."""

import re
import time

from playwright.sync_api import Page

from scripts.browsers import CANVAS, clear, draw

__all__ = ["CANVAS", "clear", "draw"]

SECONDS_TO_WAIT = 60
LOSS_POINTS = """(document.querySelector('.st-key-loss_figure .js-plotly-plot')?.data?.[0]?.y ?? [])
  .filter(value => value !== null)"""
POINTS = "document.querySelector('.st-key-{}_figure .js-plotly-plot')?.data?.[0]?.x ?? []"


def press_train(page: Page) -> None:
    page.locator(".st-key-train button").click()
    page.wait_for_url("**run=*")


def press_train_for_long(page: Page) -> None:
    """Start a run that goes on for a minute or so, also on a fast machine."""
    page.goto("/?batch=16&epochs=50")
    page.get_by_text("784 → 128").wait_for()
    press_train(page)


def wait_for_state(page: Page, state: str) -> None:
    page.locator(".st-key-run_state").get_by_text(state).wait_for()


def wait_until(page: Page, condition: str) -> None:
    """Wait for a condition in JavaScript. Playwright's own way is forbidden by the pages."""
    until = time.monotonic() + SECONDS_TO_WAIT
    while not page.evaluate(condition):
        assert time.monotonic() < until, f"never came true: {condition}"
        page.wait_for_timeout(50)


def wait_for_points(page: Page, count: int, figure: str = "loss") -> None:
    wait_until(page, f"({POINTS.format(figure)}).length > {count}")


def wait_for_last_point(page: Page, epoch: float, figure: str = "loss") -> None:
    wait_until(page, f"({POINTS.format(figure)}).at(-1) === {epoch}")


def last_point(page: Page, figure: str = "loss") -> float:
    return float(page.evaluate(f"({POINTS.format(figure)}).at(-1)"))


def test_accuracy(page: Page) -> float:
    """Read the final accuracy on the test images, from 0 to 1; it comes just after the state."""
    shown = page.locator(".st-key-test_accuracy")
    shown.get_by_text("%").first.wait_for()
    text = shown.inner_text()
    found = re.search(r"(\d+\.\d\d)%", text)
    assert found, text
    return float(found[1]) / 100


test_accuracy.__test__ = False  # type: ignore[attr-defined]


BARS = """[...document.querySelectorAll(".bar-share")].map(
  bar => Number(/scaleX\\((.*)\\)/.exec(bar.style.transform)?.[1]))"""
SEVEN = [(0.28, 0.25), (0.7, 0.25), (0.45, 0.8)]
ONE = [(0.5, 0.2), (0.5, 0.8)]


def vary(page: Page, *, batches: str, epochs: str) -> None:
    """On Models: open the form of a sweep, and fill it in."""
    page.get_by_text("Vary one or two settings").click()
    for name, setting, values in (
        ("Setting", "batch", batches),
        ("And another setting", "epochs", epochs),
    ):
        chosen = page.get_by_role("combobox", name=name, exact=True)
        chosen.select_option(setting)
        chosen.locator("xpath=following-sibling::input").fill(values)


def train(page: Page, epochs: int) -> None:
    """Train to the end, and wait for the charts to show it."""
    press_train(page)
    wait_for_state(page, "finished")
    wait_for_last_point(page, epochs, "loss")
    wait_for_last_point(page, epochs, "accuracy")


def of_figure(name: str, what: str) -> str:
    return f"document.querySelector('.st-key-{name}_figure .js-plotly-plot').{what}"
