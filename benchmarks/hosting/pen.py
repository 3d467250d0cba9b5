"""How soon the bars follow the pen, and what is sent while it moves.

    python -m benchmarks.hosting.pen --json FILE

Draws with the mouse in a Chromium (that CHROMIUM names), with the ready-made network and with one
of 784-128-64-10 that is trained first, with the whole processor and with a quarter of it. A time is
from the oldest event of the pointer that a frame shows to the moment after that frame's painting. A
frame is dropped where the next one comes one or more sixtieths of a second late.
"""

import argparse
import json
import math
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from playwright.sync_api import Page, WebSocket, sync_playwright

from benchmarks.hosting.servers import serving
from scripts.browsers import CANVAS, launched

ROUNDS = 6
POINTS = 60
SECONDS_BETWEEN_POINTS = 0.008
THROTTLES = (1, 4)
PATIENCE_MS = 300_000
MOST_MS = {"median": 17, "p95": 33, "throttled median": 50}

# Notes delays and frames while a button is down.
WATCH = """() => {
  const seen = window.seen = { delays: [], dropped: 0, frames: 0 }
  let since = null
  let last = null
  let isDown = false
  const after = new MessageChannel()
  after.port1.onmessage = ({ data }) => seen.delays.push(performance.now() - data)
  const frame = now => {
    if (!isDown) return
    seen.frames++
    if (last !== null) seen.dropped += Math.max(0, Math.round((now - last) * 60 / 1000) - 1)
    last = now
    requestAnimationFrame(frame)
  }
  addEventListener("pointerdown", event => {
    isDown = event.composedPath()[0].matches?.("canvas.upper-canvas") ?? false
    last = null
    requestAnimationFrame(frame)
  }, true)
  addEventListener("pointermove", event => {
    if (isDown) since ??= (event.getCoalescedEvents?.()[0] ?? event).timeStamp
  }, true)
  addEventListener("pointerup", () => { isDown = false; since = null }, true)
  window.digitPlayground.pen.followers.add(() => {
    if (since !== null) after.port2.postMessage(since)
    since = null
  })
}"""


class Sent(NamedTuple):
    """What a page has sent: the bytes of each message and request."""

    messages: list[int]

    def listen(self, page: Page) -> None:
        """Note what this page sends from now on."""

        def on_socket(socket: WebSocket) -> None:
            socket.on("framesent", lambda frame: self.messages.append(len(frame)))

        page.on("websocket", on_socket)
        page.on("request", lambda request: self.messages.append(len(request.url)))


class Drawn(NamedTuple):
    """What was measured of one network at one speed of the processor."""

    delays: list[float]
    frames: int
    dropped: int
    sent: list[int]

    def summary(self) -> dict[str, Any]:
        """Milliseconds, and what was dropped and sent."""
        median, high, most = np.percentile(self.delays, [50, 95, 100])
        return {
            "p50": round(float(median), 1),
            "p95": round(float(high), 1),
            "max": round(float(most), 1),
            "readings": len(self.delays),
            "frames": self.frames,
            "frames_dropped": self.dropped,
            "messages_while_moving": len(self.sent),
            "bytes_while_moving": sum(self.sent),
        }


def drawings() -> list[list[tuple[float, float]]]:
    """A seven, a zero and a wave, in one stroke each: points as shares of the canvas."""
    turns = [index / (POINTS - 1) for index in range(POINTS)]
    corner = POINTS // 2
    seven = [
        (0.25 + 0.5 * index / corner, 0.2)
        if index < corner
        else (0.75 - 0.3 * (index - corner) / corner, 0.2 + 0.6 * (index - corner) / corner)
        for index in range(POINTS)
    ]
    zero = [
        (0.5 + 0.22 * math.sin(2 * math.pi * turn), 0.5 - 0.33 * math.cos(2 * math.pi * turn))
        for turn in turns
    ]
    wave = [(0.5 + 0.25 * math.sin(9 * turn), 0.15 + 0.7 * turn) for turn in turns]
    return [seven, zero, wave]


def draw(page: Page, stroke: Sequence[tuple[float, float]], sent: Sent) -> list[int]:
    """Draw a stroke; returns what was sent while the pen was down."""
    box = page.locator(CANVAS).bounding_box()
    assert box
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
    page.mouse.move(*places[0])
    before = len(sent.messages)
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place)
        time.sleep(SECONDS_BETWEEN_POINTS)
    page.evaluate("0")  # by now all that was sent has been noted
    found = sent.messages[before:]
    page.mouse.up()
    page.locator(".answer:not(.answer-live):not(.answer-empty)").wait_for()
    return found


def clear(page: Page) -> None:
    """Press Clear and wait for the new canvas."""
    canvas = page.locator(CANVAS)
    canvas.evaluate("canvas => canvas.dataset.old = 'yes'")
    page.locator(".st-key-clear button").click()
    page.locator(f"{CANVAS}:not([data-old])").wait_for()
    page.get_by_text("Nothing drawn yet").wait_for()


def measure(page: Page, address: str, throttle: int, rounds: int) -> Drawn:
    """Draw in a page whose processor is slowed down by a factor, after one round to warm up."""
    sent = Sent([])
    sent.listen(page)
    with page.expect_response("**/weights/**") as weights:
        page.goto(address)
    weights.value.finished()
    page.get_by_text("Nothing drawn yet").wait_for()
    page.wait_for_timeout(1000)
    page.evaluate(WATCH)
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": throttle})
    while_moving: list[int] = []
    for number in range(rounds + 1):
        for stroke in drawings():
            found = draw(page, stroke, sent)
            while_moving += found if number else []
            clear(page)
        if not number:
            page.evaluate("Object.assign(seen, { delays: [], dropped: 0, frames: 0 })")
    seen = page.evaluate("seen")
    return Drawn(seen["delays"], seen["frames"], seen["dropped"], while_moving)


def trained_run(page: Page, address: str) -> str:
    """Train 784-128-64-10 for an epoch; returns the id of the run."""
    page.goto(f"{address}/?epochs=1")
    page.locator(".st-key-train button").click()
    page.wait_for_url("**run=*")
    page.locator(".st-key-run_state").get_by_text("finished").wait_for()
    return page.url.partition("run=")[2].partition("&")[0]


def summary(found: dict[str, dict[int, Drawn]]) -> dict[str, Any]:
    """The figures of the ready-made network first, as it is the larger one, then of each."""
    each = {
        name: {f"{throttle}x": drawn.summary() for throttle, drawn in speeds.items()}
        for name, speeds in found.items()
    }
    plain, throttled = each["ready_made"]["1x"], each["ready_made"]["4x"]
    all_of_them = [speed for speeds in each.values() for speed in speeds.values()]
    return {
        "pen_ms": {name: plain[name] for name in ("p50", "p95")},
        "pen_ms_throttled": {name: throttled[name] for name in ("p50", "p95")},
        "frames_dropped": sum(speed["frames_dropped"] for speed in all_of_them),
        "messages_while_moving": sum(speed["messages_while_moving"] for speed in all_of_them),
        "bytes_while_moving": sum(speed["bytes_while_moving"] for speed in all_of_them),
        "networks": each,
    }


def is_fast(results: dict[str, Any]) -> bool:
    """Whether the bars are as soon there as they are to be, with nothing sent."""
    return (
        results["pen_ms"]["p50"] <= MOST_MS["median"]
        and results["pen_ms"]["p95"] <= MOST_MS["p95"]
        and results["pen_ms_throttled"]["p50"] <= MOST_MS["throttled median"]
        and not results["messages_while_moving"]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and write the JSON file.

    Args:
        arguments: those of the command line.

    Returns:
        The exit status: 1 when the bars come too late, or something is sent while the pen moves.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hosting.pen")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"of 3 strokes each ({ROUNDS})")
    parser.add_argument("--json", type=Path, help="file to write the results to")
    options = parser.parse_args(arguments)
    found: dict[str, dict[int, Drawn]] = {"ready_made": {}, "128-64": {}}
    with (
        serving("app.py") as app,
        sync_playwright() as playwright,
        launched(playwright) as browser,
    ):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE_MS)
        run = trained_run(page, app.address)
        page.close()
        for name, query in (("ready_made", ""), ("128-64", f"?run={run}")):
            for throttle in THROTTLES:
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                page.set_default_timeout(PATIENCE_MS)
                address = f"{app.address}/draw{query}"
                found[name][throttle] = measure(page, address, throttle, options.rounds)
                print(name, throttle, found[name][throttle].summary(), file=sys.stderr, flush=True)
                page.close()
    results = summary(found)
    print(json.dumps(results, indent=2))
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n")
    return 0 if is_fast(results) else 1


if __name__ == "__main__":
    sys.exit(main())
