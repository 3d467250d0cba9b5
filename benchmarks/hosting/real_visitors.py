"""Visitors with a real browser, who draw stroke after stroke: how long until the answer is seen."""

import asyncio
import time

from playwright.async_api import Browser, Page, async_playwright

from benchmarks.hosting.crowd import STROKE_SECONDS, Times
from scripts.browsers import CANVAS, FLAGS, chromium, movements

# Shares of the canvas: the two strokes of a 7.
STROKES = ([(0.3, 0.25), (0.7, 0.25), (0.45, 0.8)], [(0.4, 0.52), (0.66, 0.52)])
ANSWER_SECONDS = 20.0
# From the end of a stroke to the new picture of it beside the answer.
WATCH = """() => {
  window.answered = []
  let ended = null
  document.addEventListener("mouseup", () => { ended = performance.now() }, true)
  new MutationObserver(() => {
    if (ended !== null) window.answered.push(performance.now() - ended)
    ended = null
  }).observe(document.body, { subtree: true, attributeFilter: ["src"] })
}"""


async def draw_in_browsers(address: str, count: int, seconds: float) -> Times:
    """Let visitors with real browsers draw for some seconds.

    Args:
        address: of the app.
        count: how many visitors.
        seconds: to draw, once their pages are there.
    """
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            visits = [_visit(browser, address, seconds) for _ in range(count)]
            return sum(await asyncio.gather(*visits), Times())
        finally:
            await browser.close()


async def _visit(browser: Browser, address: str, seconds: float) -> Times:
    page = await browser.new_page(viewport={"width": 1280, "height": 900})
    times = Times()
    page.on("pageerror", lambda error: times.errors.append(str(error)))
    await page.goto(f"{address}/draw")
    await page.get_by_text("Nothing drawn yet").wait_for()
    await page.evaluate(WATCH)
    until = time.perf_counter() + seconds
    drawn = 0
    while time.perf_counter() < until:
        for stroke in STROKES:
            await _draw(page, stroke)
            drawn += 1
            # Whose first answer is late waits for it: the next stroke would be answered with it.
            await asyncio.gather(asyncio.sleep(STROKE_SECONDS), _wait_for_answer(page, drawn))
        await _clear(page)
    times.strokes = [milliseconds / 1e3 for milliseconds in await page.evaluate("answered")]
    if len(times.strokes) != drawn:
        times.errors.append(f"of {drawn} strokes in a browser {len(times.strokes)} were answered")
    return times


async def _wait_for_answer(page: Page, count: int) -> None:
    until = time.perf_counter() + ANSWER_SECONDS
    while await page.evaluate("answered.length") < count and time.perf_counter() < until:
        await asyncio.sleep(0.1)


async def _clear(page: Page) -> None:
    """Press Clear, and wait for the new canvas: a stroke on the old one would be lost."""
    await page.locator(CANVAS).evaluate("canvas => canvas.dataset.old = 'yes'")
    await page.locator(".st-key-clear button").click()
    await page.locator(f"{CANVAS}:not([data-old])").wait_for()
    await page.get_by_text("Nothing drawn yet").wait_for()


async def _draw(page: Page, stroke: list[tuple[float, float]]) -> None:
    box = await page.locator(CANVAS).bounding_box()
    for movement in movements(page.mouse, box, [stroke]):
        await movement
