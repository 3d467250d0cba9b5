"""A race and a sweep, live: no chart is mounted anew, and none is blank once it has a curve."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from benchmarks.hosting.servers import Server
from digits.settings import TrainingSettings
from model_store.records import State
from model_store.store import Store
from tests.browser.steps import vary
from tests.browser.stored_runs import id_of, put_run

SMALL = TrainingSettings(hidden_layers=(16,), batch_size=32, epochs=2)
# Looks at every frame that the browser makes: whether the chart has a coloured pixel, how many
# cells are filled, how many curves have a value; and notes when one of them gets fewer.
WATCH = """() => {
  const counts = { frames: 0, blank: 0, mounts: 0 }
  const seen = window.seen = { ...counts, fewer: [], cells: [], curves: [], tops: [] }
  const chart = () => document.querySelector(".runs-canvas")
  const first = chart()
  new MutationObserver(changes => {
    for (const { addedNodes } of changes) for (const node of addedNodes) {
      if (node.matches?.(".runs-canvas") || node.querySelector?.(".runs-canvas")) seen.mounts++
    }
  }).observe(document.body, { childList: true, subtree: true })
  const hasCurve = canvas => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
    for (let at = 0; at < data.length; at += 4) {
      const [red, green, blue, alpha] = data.subarray(at, at + 4)
      if (alpha > 128 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) return true
    }
    return false
  }
  const note = (name, count) => {
    const before = seen[name].at(-1)
    if (count < before) seen.fewer.push(`${name}: ${before} to ${count}`)
    if (count !== before) seen[name].push(count)
  }
  let isBegun = false
  const look = () => {
    if (seen.isOver) return
    const isPainted = Boolean(first.isConnected && first.width && hasCurve(first))
    isBegun ||= isPainted
    if (isBegun) seen.frames++
    if (isBegun && !isPainted) seen.blank++
    if (isBegun) seen.tops.push(first.getBoundingClientRect().top)
    const values = [...document.querySelectorAll(".runs-beside td.runs-value")]
    note("curves", values.filter(({ textContent }) => /\\d/.test(textContent)).length)
    const cells = [...document.querySelectorAll(".runs-heat a")]
    note("cells", cells.filter(({ textContent }) => textContent.includes("%")).length)
    requestAnimationFrame(look)
  }
  look()
}"""


def watched(page: Page) -> dict[str, Any]:
    """End the watch, and return what it has seen."""
    found: dict[str, Any] = page.evaluate("(window.seen.isOver = true, window.seen)")
    return found


def check(seen: dict[str, Any]) -> None:
    assert seen["frames"] > 20, "nothing was looked at"
    assert (seen["blank"], seen["mounts"], seen["fewer"]) == (0, 0, []), seen


def test_a_race_of_four_runs_in_one_chart(
    visitor: Callable[..., Page], server: Server, store: Store
) -> None:
    page = visitor("/models")
    for rate in (0.1, 0.01, 0.001, 0.0001):
        settings = SMALL.model_copy(update={"learning_rate": rate})
        put_run(store, id_of(page, server), f"rate {rate}", settings, state=State.STOPPED)
    page.reload()
    page.get_by_role("checkbox", name="Tick all").check()
    page.get_by_role("button", name="Race these 4 anew").click()
    expect(page.locator(".runs > table tbody tr")).to_have_count(8)
    rows = page.locator(".runs-beside tbody tr")
    expect(rows.filter(has_text=re.compile("queued|planned|running"))).not_to_have_count(0)
    page.evaluate(WATCH)
    expect(rows.filter(has_text=" to ")).to_have_count(4, timeout=180_000)
    seen = watched(page)
    check(seen)
    assert seen["curves"][-1] == 4
    assert max(seen["tops"]) - min(seen["tops"]) <= 1, "it slid as rows above it changed"


def test_a_sweep_of_four_runs_fills_its_cells_in_one_chart(
    visitor: Callable[..., Page], server: Server, store: Store
) -> None:
    page = visitor("/models")
    put_run(store, id_of(page, server), "one", SMALL, state=State.STOPPED)
    page.reload()
    page.get_by_role("checkbox", name="Tick all").check()
    vary(page, batches="16, 32", epochs="1, 2")
    page.get_by_role("button", name="Start 4 runs").click()
    cells = page.locator(".runs-heat a")
    expect(cells).to_have_count(4)
    page.evaluate(WATCH)
    expect(cells.filter(has_text="%")).to_have_count(4, timeout=180_000)
    seen = watched(page)
    check(seen)
    assert seen["cells"][-1] == 4
    assert len(seen["cells"]) > 2, f"they came one after the other: {seen['cells']}"
