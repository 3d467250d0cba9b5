"""What each page asks of a browser, beside an empty Streamlit app: shifts, long tasks, weight, axe.

    python -m benchmarks.hosting.page_report --json FILE

Every page is opened by a new visitor, on a wide screen and on a phone, and then used: Train until
a small run has finished, Draw for a stroke and Clear. All layout shifts are added up, those after a
click too, which Chromium's own figure leaves out, and what moved is named; a *long task* is one
that holds the page for over 50 ms. At the end axe-core looks for what breaks WCAG 2.2, A and AA, or
best practice, in light and in dark. CHROMIUM names the browser. The exit status is 1 where a
promise is not kept.

Sources: https://web.dev/articles/cls, https://developer.mozilla.org/docs/Web/API/Long_Tasks_API
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.figures import add_arguments, check_machine, keep, say
from benchmarks.hosting.servers import APP, EMPTY_APP, serving
from scripts import browsers
from ui.pages import PAGES

WIDTHS = {"wide": 1280, "phone": 390}
HEIGHT = 844
SETTLING_MS = 4000
TIMEOUT_MS = 120_000
EMPTY = "empty app"
MOVED_NAMED = 5
SMALL_RUN = "?layers=32&epochs=2"
SEVEN = [[(0.25, 0.25), (0.75, 0.25), (0.45, 0.8)]]
MOST_SHIFT_BESIDE_EMPTY = 0.03
MOST_TASK_BESIDE_EMPTY_MS = 100
WHOLE_PAGE = "document.querySelector('[data-testid=stMain]').scrollHeight"

# Begins with the page itself, before any of its own scripts.
OBSERVER = """
window.observed = { shift: 0, moved: {}, tasks: [] }
const nameOf = node => {
    const element = node?.nodeType === 1 ? node : node?.parentElement
    const keyed = element?.closest("[class*=st-key-]")
    const key = keyed?.className.match(/st-key-[\\w-]+/)?.[0]
    return key ?? element?.dataset.testid ?? element?.tagName
}
new PerformanceObserver(list => {
    for (const { value, sources } of list.getEntries()) {
        window.observed.shift += value
        for (const name of new Set(sources.map(source => nameOf(source.node))))
            window.observed.moved[name] = (window.observed.moved[name] ?? 0) + value
    }
}).observe({ type: "layout-shift", buffered: true })
new PerformanceObserver(list => {
    for (const { duration } of list.getEntries()) window.observed.tasks.push(Math.round(duration))
}).observe({ type: "longtask", buffered: true })
"""
LOOK_AND_BEGIN_ANEW = """() => {
    const seen = window.observed
    window.observed = { shift: 0, moved: {}, tasks: [] }
    return seen
}"""


def train(page: Page) -> None:
    """Press Train, and wait for the result."""
    page.locator(".st-key-train button").click()
    page.locator(".st-key-run_state").get_by_text("finished").wait_for()
    page.wait_for_timeout(SETTLING_MS)


def draw(page: Page) -> None:
    """Draw a seven, wait for its digit, and clear the canvas."""
    browsers.draw(page, *SEVEN)
    page.locator(".st-key-predicted_digit").wait_for()
    page.wait_for_timeout(SETTLING_MS)
    page.locator(".st-key-clear button").click()
    page.wait_for_timeout(SETTLING_MS)


# What a page is used for, where it is more than to be read.
USES: Mapping[str, Callable[[Page], None]] = {"train": train, "draw": draw}


class Weight:
    """The bytes that came over the network for a page, as they were packed.

    Attributes:
        kilobytes: those so far; a kilobyte has 1,000.
    """

    def __init__(self, page: Page) -> None:
        self.kilobytes = 0.0
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", self._add)

    def _add(self, response: dict[str, Any]) -> None:
        self.kilobytes += response["encodedDataLength"] / 1e3


def look(page: Page) -> dict[str, Any]:
    """What the observer has seen since the last look."""
    seen = page.evaluate(LOOK_AND_BEGIN_ANEW)
    moved = sorted(seen["moved"].items(), key=lambda item: item[1], reverse=True)
    return {
        "shift": round(seen["shift"], 3),
        "moved": {name: round(value, 3) for name, value in moved[:MOVED_NAMED]},
        "longest_task_ms": max(seen["tasks"], default=0),
    }


def violations(page: Page) -> dict[str, list[str]]:
    """The rules of axe-core that the page breaks, by theme; all of the page is in sight for it."""
    size = page.viewport_size
    assert size
    page.set_viewport_size({**size, "height": max(HEIGHT, page.evaluate(WHOLE_PAGE))})
    found = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(SETTLING_MS)
        response = Axe().run(page, options={"resultTypes": ["violations"]}).response
        found[scheme] = sorted({rule["id"] for rule in response["violations"]})
    return found


def visit(browser: Browser, address: str, width: int, use: Callable[[Page], None] | None) -> Any:
    """Open a page as a new visitor, use it, and say what it asked of the browser."""
    context = browser.new_context(viewport={"width": width, "height": HEIGHT})
    context.add_init_script(OBSERVER)
    page = context.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    weight = Weight(page)
    page.goto(address)
    page.wait_for_selector("h1, .st-key-train button")
    page.wait_for_timeout(SETTLING_MS)
    found: dict[str, Any] = {"load": look(page), "kilobytes": round(weight.kilobytes)}
    if use:
        use(page)
        found["use"] = look(page)
    found["axe"] = violations(page)
    context.close()
    return found


def addresses(app: str, empty: str) -> dict[str, str]:
    """What is visited, the empty app first."""
    pages = {page.name: f"{app}/{page.url_path}" for page in PAGES}
    return {EMPTY: empty} | pages | {"train": pages["train"] + SMALL_RUN}


def promises(found: Mapping[str, Mapping[str, Any]]) -> dict[str, bool]:
    """What every page keeps, against the empty app on a screen of the same width."""
    kept = {}
    for name, screens in found.items():
        if name == EMPTY:
            continue
        for screen, seen in screens.items():
            empty = found[EMPTY][screen]["load"]
            parts = [seen[part] for part in ("load", "use") if part in seen]
            shift = sum(part["shift"] for part in parts) - empty["shift"]
            task = max(part["longest_task_ms"] for part in parts) - empty["longest_task_ms"]
            where = f"{name}, {screen}"
            kept[f"{where}: shifts {MOST_SHIFT_BESIDE_EMPTY:+} at most"] = (
                shift <= MOST_SHIFT_BESIDE_EMPTY
            )
            kept[f"{where}: longest task {MOST_TASK_BESIDE_EMPTY_MS:+} ms at most"] = (
                task <= MOST_TASK_BESIDE_EMPTY_MS
            )
            kept[f"{where}: axe finds nothing"] = not any(seen["axe"].values())
    return kept


def figures(found: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """The rows of `docs/figures/pages.md`."""
    rows = [
        [
            "page",
            "screen",
            "shifts: load, use",
            "longest task, ms",
            "KB to load",
            "axe, light and dark",
        ]
    ]
    for name, screens in found.items():
        for screen, seen in screens.items():
            parts = [seen[part] for part in ("load", "use") if part in seen]
            rows.append(
                [
                    name,
                    screen,
                    ", ".join(f"{part['shift']:.2f}" for part in parts),
                    ", ".join(str(part["longest_task_ms"]) for part in parts),
                    f"{seen['kilobytes']:,}",
                    ", ".join(sorted({*seen["axe"]["light"], *seen["axe"]["dark"]})) or "none",
                ]
            )
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and write the JSON file.

    Args:
        arguments: those of the command line.

    Returns:
        The exit status: 1 when a promise was not kept.
    """
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hosting.page_report", description=__doc__
    )
    add_arguments(parser)
    options = parser.parse_args(arguments)
    check_machine(parser, options)
    found: dict[str, dict[str, Any]] = {}
    with (
        serving(APP) as app,
        serving(EMPTY_APP) as empty,
        sync_playwright() as playwright,
        browsers.launched(playwright) as browser,
    ):
        for name, address in addresses(app.address, empty.address).items():
            for screen, width in WIDTHS.items():
                seen = visit(browser, address, width, USES.get(name))
                say(f"{name:9} {screen:5} {json.dumps(seen)}")
                found.setdefault(name, {})[screen] = seen
    kept = promises(found)
    for promise, is_kept in kept.items():
        print(f"{'kept  ' if is_kept else 'BROKEN'} {promise}")
    keep(options, found, "pages", figures(found))
    return 0 if all(kept.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
