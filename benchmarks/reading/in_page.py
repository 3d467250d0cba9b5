"""Whether the page reads what the server reads: its modules, in a browser, beside NumPy.

    python -m benchmarks.reading.in_page --strokes FILE --json FILE

Each stroke record is drawn at three sizes and places, as transparent ink and white on dark
paper in turn, and read by the ready-made network in a Chromium (that CHROMIUM names) and
by `digits`. The exit status is 1 where an image differs by more than 1 of 255, or a probability
by more than 1e-4.
"""

import argparse
import gzip
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from playwright.sync_api import Browser, Page, Route, sync_playwright

from benchmarks.hosting.canvas_messages import INK, PAPER
from benchmarks.reading.drawing_records import Record, draw, read_records
from digits.calibration import calibrated
from digits.drawing import Pixels, prepare, squeeze
from digits.inference import FloatArray, digit_probabilities
from digits.settings import TrainingSettings
from model_store.records import WEIGHTS
from scripts.browsers import launched
from trainer.checkpoints import unpacked_weights
from trainer.ready_made import FOLDER
from ui.shared.in_page.weights import as_bytes

MODULES = Path(__file__).resolve().parents[2] / "ui" / "shared" / "in_page"
ADDRESS = "http://in-page.test"
TIMES = 3
MOST_OF_AN_IMAGE, MOST_OF_A_PROBABILITY = 1, 1e-4

_PROGRAM = """async ({ widths, activation }) => {
  const { prepare, squeeze } = await import("/prepare.js")
  const { Network } = await import("/forward.js")
  window.content = async name => {
    const { body } = await fetch(`/content/${name}`)
    return new Response(body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer()
  }
  const network = new Network(new Float32Array(await content("weights")), widths, activation)
  window.answer = async ({ width, height, temperature, squeezes }) => {
    const pixels = new Uint8ClampedArray(await content("canvas"))
    const image = new Uint8Array(28 * 28)
    const started = performance.now()
    const isDrawn = (squeezes ? squeeze : prepare)(pixels, width, height, image)
    const prepared = performance.now()
    const probabilities = [...network.read(image, temperature)]
    const read = performance.now()
    return {
      image: [...image], isDrawn, probabilities,
      milliseconds: { prepare: prepared - started, forward: read - prepared },
    }
  }
}"""


class Network(NamedTuple):
    """A network that reads, and the temperature that its logits are divided by."""

    settings: TrainingSettings
    weights: list[FloatArray]
    temperature: float


class Answer(NamedTuple):
    """What was made of a canvas: uint8 [28, 28], probabilities [10], and the milliseconds of it."""

    image: Pixels
    probabilities: FloatArray
    milliseconds: dict[str, float]


class PageReader:
    """The page's modules in a browser, with a network of their own.

    Args:
        browser: that runs them.
        network: that reads.
    """

    def __init__(self, browser: Browser, network: Network) -> None:
        self._content: dict[str, bytes] = {}
        self.page: Page = browser.new_page()
        self.page.route(f"{ADDRESS}/**", self._send)
        self.page.goto(ADDRESS)
        self.take(network)

    def take(self, network: Network) -> None:
        """Read with another network from now on."""
        self._content["weights"] = gzip.compress(as_bytes(network.weights), 1)
        self._temperature = network.temperature
        settings = network.settings
        shape = {"widths": list(settings.layer_widths), "activation": settings.activation}
        self.page.evaluate(_PROGRAM, shape)

    def answer(self, pixels: Pixels, squeezes: bool = False) -> Answer:
        """Read RGBA pixels [height, width, 4], prepared as MNIST was, or squeezed."""
        self._content["canvas"] = gzip.compress(pixels.tobytes(), 1)
        height, width = pixels.shape[:2]
        question = {"width": width, "height": height, "temperature": self._temperature}
        found = self.page.evaluate(
            "question => window.answer(question)", {**question, "squeezes": squeezes}
        )
        image = np.array(found["image"], np.uint8).reshape(28, 28)
        probabilities = np.array(found["probabilities"], np.float32)
        return Answer(image, probabilities, found["milliseconds"])

    def close(self) -> None:
        """Close the page that reads."""
        self.page.close()

    def _send(self, route: Route) -> None:
        name = route.request.url.removeprefix(f"{ADDRESS}/")
        if name.startswith("content/"):
            route.fulfill(body=self._content[name.removeprefix("content/")])
        elif name:
            route.fulfill(path=MODULES / name, content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html>", content_type="text/html")


def expected(pixels: Pixels, network: Network, squeezes: bool = False) -> Answer:
    """What the server makes of the same."""
    image = squeeze(pixels) if squeezes else prepare(pixels).image
    shares = digit_probabilities(network.weights, network.settings.activation, image[None])
    return Answer(image, calibrated(shares, network.temperature)[0], {})


class Difference(NamedTuple):
    """The largest difference of a pixel, of 255, and of a probability."""

    pixel: int
    probability: float


def difference(one: Answer, other: Answer) -> Difference:
    """How far two answers lie apart."""
    pixels = np.abs(one.image.astype(int) - other.image).max()
    return Difference(int(pixels), float(np.abs(one.probabilities - other.probabilities).max()))


def on_paper(canvas: Pixels) -> Pixels:
    """A transparent drawing, RGBA with its ink as opacity, as the page's canvas shows it."""
    ink = canvas[:, :, 3:].astype(np.float32) / 255
    colours = ink * INK + (1 - ink) * PAPER
    return np.dstack([colours.round().astype(np.uint8), np.full_like(canvas[:, :, 3:], 255)])


def ready_made_network() -> Network:
    """The network that greets visitors, as it lies in the repository."""
    record = json.loads((FOLDER / "record.json").read_text())
    settings = TrainingSettings.model_validate(record["settings"])
    weights = unpacked_weights((FOLDER / WEIGHTS).read_bytes())
    return Network(settings, weights, record["test"]["temperature"])


def measure(reader: PageReader, network: Network, records: Sequence[Record]) -> dict[str, Any]:
    """Read every record at three sizes and places, in the page and here."""
    found: list[Difference] = []
    spent: list[dict[str, float]] = []
    for number, record in enumerate(records):
        for place in range(TIMES):
            canvas = draw(record.strokes, np.random.default_rng((place, number)))
            if (number + place) % 2:
                canvas = on_paper(canvas)
            answer = reader.answer(canvas)
            found.append(difference(answer, expected(canvas, network)))
            spent.append(answer.milliseconds)
    pixels, shares = np.array(found).T
    return {
        "drawings": len(found),
        "images_equal": float((pixels == 0).mean()),
        "largest_pixel_difference": int(pixels.max()),
        "largest_probability_difference": float(shares.max()),
        "milliseconds": {
            name: {
                "median": float(np.median([each[name] for each in spent])),
                "p95": float(np.percentile([each[name] for each in spent], 95)),
            }
            for name in ("prepare", "forward")
        },
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and write the JSON file.

    Args:
        arguments: those of the command line.

    Returns:
        The exit status: 1 when page and server differ by more than they may.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading.in_page")
    parser.add_argument("--strokes", type=Path, required=True, help="JSON lines of drawn digits")
    parser.add_argument("--count", type=int, help="only the first so many records")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args(arguments)
    network = ready_made_network()
    started = time.perf_counter()
    with sync_playwright() as playwright, launched(playwright) as browser:
        reader = PageReader(browser, network)
        figures = measure(reader, network, read_records(options.strokes)[: options.count])
    figures["seconds"] = round(time.perf_counter() - started, 1)
    print(json.dumps(figures, indent=2))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    is_same = (
        figures["largest_pixel_difference"] <= MOST_OF_AN_IMAGE
        and figures["largest_probability_difference"] <= MOST_OF_A_PROBABILITY
    )
    return 0 if is_same else 1


if __name__ == "__main__":
    sys.exit(main())
