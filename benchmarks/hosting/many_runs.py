"""How a visitor with 200 runs fares on Models: how soon the table is there, and how a hover moves.

    python -m benchmarks.hosting.many_runs [--json FILE] [--figures]

The runs are put into the store as if they had been trained. The page is opened by a press in the
menu, as visitors open it; then 20 runs of 40 epochs are compared, and the mouse goes over their
curves. CHROMIUM names the browser. Ends with 1 where a promise is not kept.
"""

import argparse
import sys
from collections.abc import Sequence
from statistics import median
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from benchmarks.figures import add_arguments, check_machine, keep
from benchmarks.hosting.servers import APP, Server, own_memory_kb, serving
from digits.recipes import notebook_but
from model_store.records import Epoch, Points, State, StoredProgress
from model_store.store import Store, open_store
from scripts.browsers import launched

RUNS, COMPARED, EPOCHS, STEPS = 200, 20, 40, 400
ROUNDS = 5
HOVER_MS = 4_000
MOST_SECONDS, MOST_MEGABYTES, LEAST_FRAMES = 1.0, 20.0, 30.0
PATIENCE_MS = 60_000
READING_MS = 2_000  # until somebody who has opened another page goes on
LINK = '.st-key-menu a[href$="models"]'
# Looks with every frame, as Playwright's own waiting looks less and less often.
OPEN = """([link, count]) => new Promise(resolve => {
    const began = performance.now()
    document.querySelector(link).click()
    const check = () => {
        const rows = document.querySelectorAll(".runs > table tbody tr").length
        if (rows < count) return requestAnimationFrame(check)
        resolve(performance.now() - began)
    }
    check()
})"""
# Each frame in which the mouse was elsewhere, and the chart was painted for it.
HOVER = """milliseconds => new Promise(resolve => {
    const chart = document.querySelector(".runs-canvas")
    const { width, height, left, top } = chart.getBoundingClientRect()
    const began = performance.now()
    let frames = 0
    const move = () => {
        const gone = performance.now() - began
        if (gone > milliseconds) return resolve(1000 * frames / gone)
        const across = 0.1 + 0.8 * Math.abs(Math.sin(gone / 700))
        const place = { clientX: left + across * width, clientY: top + 0.5 * height, bubbles: true }
        chart.dispatchEvent(new PointerEvent("pointermove", place))
        frames++
        requestAnimationFrame(move)
    }
    move()
})"""


def put_runs(store: Store, visitor: str) -> list[str]:
    """Put runs with curves into the store; their ids, oldest first."""
    steps = np.arange(1, STEPS + 1, dtype=np.int32)
    made = []
    for number in range(RUNS):
        settings = notebook_but(epochs=EPOCHS, learning_rate=1e-3 + number / 1e6)
        run = store.runs.create(visitor, settings.model_dump(mode="json"), f"run {number}").id
        accuracy = 0.9 + number / 2_500
        test = {"accuracy": accuracy, "temperature": 1.0}
        store.runs.change(run, state=State.FINISHED, test=test, step=STEPS, total_steps=STEPS)
        curve = np.linspace(2.3, 0.1 + number / 1e3, STEPS, dtype=np.float32)
        points = Points(steps, {"loss": curve, "accuracy": 1 - curve / 2.5})
        per_epoch = STEPS // EPOCHS
        epochs = [
            Epoch(each, per_epoch * each, 0.3, 0.9, 1 / each, accuracy - 0.2 / each, float(each))
            for each in range(1, EPOCHS + 1)
        ]
        store.progress.append(run, "", StoredProgress(points, epochs))
        made.append(run)
    return made


def measure(server: Server, page: Page) -> dict[str, Any]:
    """Seconds until the table is there, growth of the web process in MB, frames a second."""
    page.goto(f"{server.address}/models")
    page.get_by_role("heading", name="Challenges").wait_for()
    before = own_memory_kb(server)
    database = f"sqlite:///{server.data / 'playground.db'}"
    with open_store(database, str(server.data / "artifacts")) as store:
        runs = put_runs(store, server.visitor_of(page.context.cookies()))
    seconds = []
    for _ in range(ROUNDS):
        page.goto(f"{server.address}/learn")
        page.locator(LINK).wait_for()
        page.wait_for_timeout(READING_MS)
        seconds.append(float(page.evaluate(OPEN, [LINK, RUNS])) / 1e3)
    grown = (own_memory_kb(server) - before) / 1e3
    page.goto(f"{server.address}/models?compare={','.join(runs[-COMPARED:])}")
    page.locator(".runs-beside tbody tr").nth(COMPARED - 1).wait_for()
    page.locator(".runs-canvas").scroll_into_view_if_needed()
    frames = float(page.evaluate(HOVER, HOVER_MS))
    return {"seconds": seconds, "grown_mb": grown, "frames_a_second": frames}


def figures(found: dict[str, Any]) -> list[list[str]]:
    """The rows of `docs/figures/many_runs.md`."""
    return [
        [f"a visitor with {RUNS} runs", ""],
        ["from the press on Models to the table, median", f"{median(found['seconds']):.2f} s"],
        ["the web process grows by", f"{found['grown_mb']:.0f} MB"],
        [f"hover over {COMPARED} curves", f"{found['frames_a_second']:.0f} frames a second"],
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and write the JSON file.

    Args:
        arguments: those of the command line.

    Returns:
        The exit status: 1 where a promise is not kept.
    """
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hosting.many_runs", description=__doc__
    )
    add_arguments(parser)
    options = parser.parse_args(arguments)
    check_machine(parser, options)
    with serving(APP) as server, sync_playwright() as playwright, launched(playwright) as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE_MS)
        found = measure(server, page)
    for words, number in figures(found)[1:]:
        print(f"{words}: {number}")
    keep(options, found, "many_runs", figures(found))
    is_kept = (
        median(found["seconds"]) <= MOST_SECONDS
        and found["grown_mb"] <= MOST_MEGABYTES
        and found["frames_a_second"] >= LEAST_FRAMES
    )
    return int(not is_kept)


if __name__ == "__main__":
    sys.exit(main())
