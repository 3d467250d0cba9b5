"""Real digits drawn with the mouse through the page, and whether it reads what the benchmark reads.

    python -m benchmarks.reading.drawn_in_browser --strokes FILE [--address http://localhost:8501]

The app has to run at the address; CHROMIUM names the browser. The page reads with the ready-made
network, and so does this program, from the same strokes at the same places, without a browser.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page, sync_playwright

from benchmarks.reading.drawing_records import BRUSH, placed, rasterise, read_records
from digits.drawing import prepare
from digits.inference import digit_probabilities
from model_store.records import WEIGHTS
from scripts.browsers import CANVAS, clear, launched, movements
from trainer.checkpoints import unpacked_weights
from trainer.ready_made import FOLDER, RECORD

Line = NDArray[np.float64]


def main() -> None:
    """Draw the digits, and print how often page and benchmark agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strokes", type=Path, required=True)
    parser.add_argument("--address", default="http://localhost:8501")
    parser.add_argument("--count", type=int, default=40)
    arguments = parser.parse_args()
    records = read_records(arguments.strokes)
    rng = np.random.default_rng(0)
    chosen = rng.choice(len(records), arguments.count, replace=False)
    with sync_playwright() as playwright, launched(playwright) as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{arguments.address}/draw")
        page.get_by_text("Nothing drawn yet").wait_for()
        rows = []
        for index in chosen:
            lines = placed(records[index].strokes, rng)
            rows.append((records[index].label, benchmark_reads(lines), page_reads(page, lines)))
    labels, expected, read = np.array(rows).T
    print(f"{len(rows)} digits. Page and benchmark agree on {np.sum(expected == read)}.")
    print(f"Right: page {np.sum(read == labels)}, benchmark {np.sum(expected == labels)}.")


def benchmark_reads(lines: list[Line]) -> int:
    """What the ready-made network reads in strokes drawn without a browser."""
    settings = json.loads((FOLDER / RECORD).read_text())["settings"]
    weights = unpacked_weights((FOLDER / WEIGHTS).read_bytes())
    image = prepare(rasterise(lines, BRUSH)).image
    return int(digit_probabilities(weights, settings["activation"], image[None]).argmax())


def page_reads(page: Page, lines: list[Line]) -> int:
    """Draw strokes with the mouse, read the page's answer, and clear the canvas."""
    canvas = page.locator(CANVAS)
    canvas.wait_for()
    in_pixels = {**(canvas.bounding_box() or {}), "width": 1, "height": 1}
    for _ in movements(page.mouse, in_pixels, lines, steps=1):
        pass
    page.locator(".st-key-predicted_digit").wait_for()
    page.wait_for_timeout(1500)  # until the answer to the last stroke has come
    digit = int(page.locator(".st-key-predicted_digit").inner_text())
    clear(page)
    return digit


if __name__ == "__main__":
    main()
