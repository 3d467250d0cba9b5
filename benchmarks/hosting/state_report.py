"""Every state of every page by axe-core's rules, and what does not fit the width of the screen.

    python -m benchmarks.hosting.state_report [--figures]

The states are those of `scripts.take_screenshots`, on a wide screen, a phone, and 320 pixels, which
is also what 400% of 1280 leaves; in light and in dark. The exit status is 1 where axe-core names a
rule of WCAG 2.2, A and AA, or of best practice, or where something can only be reached sideways.

Sources: https://github.com/dequelabs/axe-core, https://www.w3.org/TR/WCAG22/#reflow
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.figures import add_arguments, keep, say
from benchmarks.hosting.page_report import HEIGHT, violations
from benchmarks.hosting.servers import APP, serving
from scripts import browsers
from scripts.take_screenshots import new_page, states

WIDTHS = (1280, 390, 320)

# Elements that reach beyond the screen, neither cut off nor in a box that scrolls by itself.
TOO_WIDE = """() => {
    const main = document.querySelector("[data-testid=stMain]")
    const beyond = element => element.getBoundingClientRect().right > innerWidth + 1
    const isSeen = element => element.checkVisibility() && element.clientWidth > 0
    const isHeld = element => {
        for (let box = element.parentElement; box && box !== main; box = box.parentElement)
            if (getComputedStyle(box).overflowX !== "visible" && !beyond(box)) return true
        return false
    }
    return [...main.querySelectorAll("*")]
        .filter(element => beyond(element) && isSeen(element) && !isHeld(element))
        .map(element => `${element.tagName}.${element.className}`)
}"""


def look(page: Page) -> dict[str, Any]:
    """What is wrong with a page as it stands; leaves the screen as it was."""
    size = page.viewport_size
    assert size
    too_wide = page.evaluate(TOO_WIDE)
    broken = violations(page)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(size)
    return {"axe": sorted({*broken["light"], *broken["dark"]}), "too_wide": too_wide}


def figures(found: Mapping[str, Mapping[int, Mapping[str, Any]]]) -> list[list[str]]:
    """The rows of `docs/figures/states.md`."""
    rows = [["state", *(f"axe and fit at {width}" for width in WIDTHS)]]
    for state, screens in found.items():
        seen = [[*screens[width]["axe"], *screens[width]["too_wide"][:1]] for width in WIDTHS]
        rows.append([state, *(", ".join(wrong) or "none" for wrong in seen)])
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Look at all states and print what is wrong.

    Args:
        arguments: those of the command line.

    Returns:
        The exit status: 1 when something is wrong.
    """
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hosting.state_report", description=__doc__
    )
    add_arguments(parser)
    options = parser.parse_args(arguments)
    found: dict[str, dict[int, dict[str, Any]]] = {}
    with serving(APP) as app, sync_playwright() as play, browsers.launched(play) as browser:
        for width in WIDTHS:
            page = new_page(browser, app.address, "light", width, HEIGHT)
            for state in states(page):
                seen = look(page)
                say(f"{state:20} {width:5} {seen}")
                found.setdefault(state, {})[width] = seen
            page.context.close()
    keep(options, found, "states", figures(found))
    return int(any(any(seen.values()) for screens in found.values() for seen in screens.values()))


if __name__ == "__main__":
    sys.exit(main())
