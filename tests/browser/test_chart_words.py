"""Words on charts: each at its own point, none cut, none upon another, none without its curve."""

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page

from benchmarks.hosting.servers import Server
from digits.settings import TrainingSettings
from model_store.records import Points, StoredProgress
from model_store.store import Store
from tests.browser.steps import (
    LOSS_POINTS,
    of_figure,
    press_train,
    train,
    wait_for_state,
    wait_until,
)
from tests.browser.stored_runs import id_of, put_run

STRAY = {"loss": 0.1, "accuracy": 0.99}
WORDS = """[...document.querySelectorAll(".st-key-{0}_figure .js-plotly-plot")].flatMap(plot => {
  // Of two lines one is empty: it keeps the words away from their point.
  const written = part => [...part.children].find(line => line.textContent.trim()) ?? part
  const place = part => written(part).getBoundingClientRect()
  const { left, right, top } = place(plot)
  const all = ".textpoint text, .annotation-text, .digit-plot-labels span"
  const words = [...plot.querySelectorAll(all)].filter(part => part.textContent)
  const meet = (one, other) => one.left < other.right && other.left < one.right
    && one.top < other.bottom - 1 && other.top < one.bottom - 1
  const isCut = ({ left: from, right: to, top: above }) => from < left || to > right || above < top
  const wrong = words.filter(part => isCut(place(part))
    || words.some(other => other !== part && meet(place(part), place(other))))
  const said = parts => parts.map(part => part.textContent)
  return [{ words: said(words), wrong: said(wrong) }]
})[0]"""


# Words of the best and the last mark that lie upon a ring or a diamond.
UPON_POINTS = """[...document.querySelectorAll(".st-key-{0}_figure .js-plotly-plot")]
.flatMap(plot => {
  const written = part => [...part.children].find(line => line.textContent.trim()) ?? part
  const { left, top } = plot.getBoundingClientRect()
  const { xaxis, yaxis } = plot._fullLayout
  const along = value => left + xaxis._offset + xaxis.d2p(value)
  const up = value => top + yaxis._offset + yaxis.d2p(value)
  const isMarked = ({ mode }) => mode === "markers" || mode === "lines+markers"
  const points = plot.data.filter(isMarked).flatMap(({ x, y, marker }) => x.flatMap(
    (value, at) => value === null || y[at] == null
      ? [] : [{ x: along(value), y: up(y[at]), reach: marker.size / 2 }]))
  const isUpon = (word, { x, y, reach }) => x + reach > word.left && x - reach < word.right
    && y + reach > word.top + 2 && y - reach < word.bottom - 2
  return [...plot.querySelectorAll(".textpoint text")].filter(part => part.textContent
    && points.some(point => isUpon(written(part).getBoundingClientRect(), point)))
    .map(part => part.textContent)
})"""


# Words that lie as near to the other mark as to their own: they would name the wrong one.
NEAR_ANOTHER = """[...document.querySelectorAll(".st-key-{0}_figure .js-plotly-plot")]
.flatMap(plot => {
  const written = part => [...part.children].find(line => line.textContent.trim()) ?? part
  const { left, top } = plot.getBoundingClientRect()
  const { xaxis, yaxis } = plot._fullLayout
  const { x, y, text } = plot.data.find(({ mode }) => mode === "markers+text")
  const bare = words => words?.replaceAll("<br>", "").trim()
  return [...plot.querySelectorAll(".textpoint text")].flatMap(part => {
    const word = written(part).getBoundingClientRect()
    const away = x.map((value, at) => {
      const across = left + xaxis._offset + xaxis.d2p(value)
      const down = top + yaxis._offset + yaxis.d2p(y[at])
      return Math.hypot(Math.max(word.left - across, 0, across - word.right),
        Math.max(word.top - down, 0, down - word.bottom))
    })
    const said = part.textContent.trim()
    const own = text.findIndex(words => bare(words) === said)
    return said && away.some((far, at) => at !== own && far <= away[own]) ? [said] : []
  })
})"""


def test_no_word_of_the_run_before_stays_on_empty_charts(
    visitor: Callable[..., Page], server: Server, store: Store
) -> None:
    page = visitor("/models")
    run = put_run(store, id_of(page, server), "before", TrainingSettings(epochs=1), step=300)
    series = {name: np.full(300, value, np.float32) for name, value in STRAY.items()}
    series["loss"][150], series["accuracy"][150] = 50, 0.5
    steps = np.arange(1, 301, dtype=np.int32)
    store.progress.append(run, "", StoredProgress(Points(steps, series), []))
    page.goto(f"{server.address}/?run={run}")
    page.get_by_text("▲ single batches up to 50").wait_for()
    page.get_by_text("▼ single batches down to 50%").wait_for()
    page.route("**/live/**", lambda route: route.abort())  # nothing comes of the next run
    page.locator(".st-key-train button").click()
    for name in ("loss", "accuracy"):
        wait_until(page, of_figure(name, "data[0].x.length") + " === 1")
        (guessing,) = page.evaluate(WORDS.replace("{0}", name))["words"]
        assert guessing.startswith("guessing: ")
    assert page.locator(".digit-plot-beyond").all_inner_texts() == ["", ""]


@pytest.mark.parametrize("spike", [False, True])
def test_what_lies_outside_of_the_axis_is_the_beginning_or_a_spike_or_both(
    visitor: Callable[..., Page], server: Server, store: Store, spike: bool
) -> None:
    page = visitor("/models")
    run = put_run(store, id_of(page, server), "begins", TrainingSettings(epochs=1), step=300)
    series = {name: np.full(300, value, np.float32) for name, value in STRAY.items()}
    series["loss"][:5], series["accuracy"][:5] = 2.3, 0.1441
    if spike:
        series["loss"][150], series["accuracy"][150] = 1.5, 0.5
    steps = np.arange(1, 301, dtype=np.int32)
    store.progress.append(run, "", StoredProgress(Points(steps, series), []))
    page.goto(f"{server.address}/?run={run}")
    loss, accuracy = (", single ones up to 1.5", ", single ones down to 50%") if spike else ("", "")
    page.get_by_text(f"▲ first batches 2.3{loss}", exact=True).wait_for()
    page.get_by_text(f"▼ first batches 14%{accuracy}", exact=True).wait_for()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    "settings",
    ["epochs=1", "epochs=2", "epochs=6", "epochs=3&optimizer=sgd&rate=0.00001&activation=sigmoid"],
)
def test_no_word_on_a_chart_is_cut_or_upon_another(
    visitor: Callable[..., Page], settings: str, width: int
) -> None:
    page = visitor(f"/?batch=4096&layers=16&{settings}", width=width)
    train(page, int(settings[7]))
    for name in ("loss", "accuracy"):
        found = page.evaluate(WORDS.replace("{0}", name))
        assert len(found["words"]) >= 3, "guessing, and the ends of both curves"
        assert not found["wrong"], found
        assert page.evaluate(UPON_POINTS.replace("{0}", name)) == []
        assert page.evaluate(NEAR_ANOTHER.replace("{0}", name)) == []
    page.get_by_text("Rings: images that it learns from, read once more").wait_for()


def test_no_word_of_a_point_names_another(visitor: Callable[..., Page]) -> None:
    page = visitor("/?images=2000&batch=256&epochs=40")  # its best is near its last
    train(page, 40)
    for width in (1280, 1000):
        page.set_viewport_size({"width": width, "height": 900})
        for name in ("loss", "accuracy"):
            wait_until(page, NEAR_ANOTHER.replace("{0}", name) + ".length === 0")
            assert page.locator(f".st-key-{name}_figure .textpoint text").all_inner_texts()


def test_no_word_stands_where_there_is_no_curve(page: Page) -> None:
    page.goto("/?rate=10&epochs=3&layers=1024")
    page.get_by_text("784 → 1,024").or_(page.get_by_text("784 → 1024")).first.wait_for()
    press_train(page)
    wait_for_state(page, "failed")
    wait_until(page, f"({LOSS_POINTS}).length === 1")
    assert page.locator(".st-key-loss_figure .digit-plot-labels span").count() == 0
