"""How soon each view of the Inside page is there, for the ready-made network.

    python -m benchmarks.hosting.inside --json FILE

Each view is opened by a browser that has fetched nothing before, from the press of its tab to the
first of what it shows; of Mistakes, which opens with the page, from the first that it asks for.
CHROMIUM names the browser. The exit status is 1 where a view takes more than a second.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from benchmarks.hosting.servers import serving
from scripts.browsers import launched

ROUNDS = 5
MOST_MILLISECONDS = 1000
PATIENCE_MS = 60_000
# Of each view, what is there once it can be used.
SHOWN = {
    "Mistakes": ".inside-confusions",
    "Weights": ".inside-units button",
    "Break it": ".inside-examples figure",
    "Map": ".inside-map ~ p:not(:empty)",
    "Fool it": ".inside-fooled figure",
}
# Looks with every frame, as Playwright's own waiting looks less and less often.
WAIT = """selector => new Promise(resolve => {
    const check = () => {
        const there = document.querySelector(selector)
        if (!there?.checkVisibility()) return requestAnimationFrame(check)
        resolve(performance.now())
    }
    check()
})"""
PRESS = """name => {
    const tabs = [...document.querySelectorAll(".inside-tabs button")]
    tabs.find(tab => tab.textContent === name).click()
    return performance.now()
}"""
FIRST_ASKED = """() => Math.min(...performance.getEntriesByType("resource")
    .filter(({ name }) => name.includes("/inside/in_page/")).map(({ startTime }) => startTime))"""


def milliseconds_to(browser: Browser, address: str, view: str) -> float:
    """Open the page anew, and a view of it."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{address}/inside")
    there = float(page.evaluate(WAIT, SHOWN["Mistakes"]))
    began = float(page.evaluate(FIRST_ASKED))
    if view != "Mistakes":
        began = float(page.evaluate(PRESS, view))
        there = float(page.evaluate(WAIT, SHOWN[view]))
    page.close()
    return there - began


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and write the JSON file.

    Args:
        arguments: those of the command line.

    Returns:
        The exit status: 1 when a view takes more than a second at the median.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hosting.inside")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"of each view ({ROUNDS})")
    parser.add_argument("--json", type=Path, help="file to write the results to")
    options = parser.parse_args(arguments)
    rounds: dict[str, list[float]] = {view: [] for view in SHOWN}
    with (
        serving("app.py") as app,
        sync_playwright() as playwright,
        launched(playwright) as browser,
    ):
        for _ in range(options.rounds):
            for view in SHOWN:
                rounds[view].append(round(milliseconds_to(browser, app.address, view)))
                print(f"{view:10} {rounds[view][-1]:.0f} ms", file=sys.stderr, flush=True)
    results = {
        "first_mistakes_ms": rounds["Mistakes"][0],  # which the server had to compute
        "view_ms": {view: median(values) for view, values in rounds.items()},
        "rounds": rounds,
    }
    print(json.dumps(results, indent=2))
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n")
    return 0 if max(map(median, rounds.values())) <= MOST_MILLISECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
