"""Charts: under a finger and a mouse, and what their curves and axes show of a run."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from benchmarks.hosting.servers import Server
from digits.settings import TrainingSettings
from model_store.records import Points, StoredProgress
from model_store.store import Store
from tests.browser.steps import (
    press_train,
    press_train_for_long,
    test_accuracy,
    wait_for_last_point,
    wait_for_points,
    wait_for_state,
    wait_until,
)
from tests.browser.stored_runs import id_of, put_run

SWIPE = 200
LOSS_POINTS = """(document.querySelector('.st-key-loss_figure .js-plotly-plot')?.data?.[0]?.y ?? [])
  .filter(value => value !== null)"""
FIGURES = "document.querySelectorAll('.digit-plot.js-plotly-plot')"
RANGES = "[...{}].map(plot => [plot.layout.xaxis.range, plot.layout.yaxis.range])"
MOVED = "document.querySelector('[data-testid=stMain]').scrollTop"


@pytest.fixture
def phone(visitor: Callable[..., Page]) -> Callable[[str], Page]:
    """Return a function that opens the app on a phone."""

    def open_app(path: str) -> Page:
        page = visitor(path, width=390, has_touch=True, is_mobile=True)
        page.set_viewport_size({"width": 390, "height": 844})
        return page

    return open_app


def swipe(page: Page, number: int) -> float:
    """Swipe over the middle of a figure with a finger; return by how much the page moved."""
    box = page.evaluate(
        f"""number => {{
          const plot = {FIGURES}[number]
          plot.scrollIntoView({{ block: "center", behavior: "instant" }})
          const {{ left, top, width, height }} = plot.getBoundingClientRect()
          return {{ x: left + width / 2, y: top + height / 2 }}
        }}""",
        number,
    )
    before = page.evaluate(MOVED)
    # Downwards near the end of the page, where it cannot go further.
    for direction in (-1, 1):
        _touch(page, box["x"], box["y"], direction)
        moved = abs(page.evaluate(MOVED) - before)
        if moved:
            break
    return float(moved)


def _touch(page: Page, x: float, y: float, direction: int) -> None:
    """Move a finger by `SWIPE` pixels, up or down the screen."""
    devices = page.context.new_cdp_session(page)
    steps = 20
    for step in range(steps + 1):
        place = {"x": x, "y": y + direction * SWIPE * step / steps}
        kind = "touchMove" if step else "touchStart"
        devices.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [place]})
    devices.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(300)


def check_swipes(page: Page, figures: int) -> None:
    """Swipe over each of at least so many figures: the page moves, the charts do not."""
    wait_until(page, f"{FIGURES}.length >= {figures}")
    page.wait_for_timeout(1000)
    ranges = page.evaluate(RANGES.format(FIGURES))
    for number in range(page.evaluate(f"{FIGURES}.length")):
        assert swipe(page, number) > SWIPE / 2, f"the page stood still under chart {number}"
    assert page.evaluate(RANGES.format(FIGURES)) == ranges


def test_a_finger_on_a_live_chart_moves_the_page(phone: Callable[[str], Page]) -> None:
    page = phone("/?epochs=2")
    press_train(page)
    wait_for_state(page, "finished")
    page.get_by_text("The same image before and after").wait_for()
    check_swipes(page, 3)


def test_a_finger_on_a_figure_of_the_lesson_moves_the_page(phone: Callable[[str], Page]) -> None:
    check_swipes(phone("/learn"), 9)


def test_a_zoom_by_mouse_has_a_way_back_that_keys_reach(visitor: Callable[..., Page]) -> None:
    page = visitor("/learn")
    page.locator(".st-key-lesson_epoch .js-plotly-plot").scroll_into_view_if_needed()
    frame = page.locator(".st-key-lesson_epoch .digit-plot-frame")
    plot = "document.querySelector('.st-key-lesson_epoch .js-plotly-plot').layout"
    button = frame.get_by_role("button", name="Show all")
    before = page.evaluate(f"[{plot}.xaxis.range, {plot}.yaxis.range]")
    for way_back in ("Enter", "click"):
        assert button.count() == 0, "it is seen while there is nothing to go back from"
        _zoom(page, ".st-key-lesson_epoch .nsewdrag")
        button.wait_for()
        assert page.evaluate(f"[{plot}.xaxis.range, {plot}.yaxis.range]") != before
        if way_back == "click":
            button.click()
        else:
            button.focus()
            page.keyboard.press(way_back)
        button.wait_for(state="hidden")
        assert page.evaluate(f"[{plot}.xaxis.range, {plot}.yaxis.range]") == before


def _zoom(page: Page, surface: str) -> None:
    box = page.locator(surface).bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.6, steps=5)
    page.mouse.up()


def train(page: Page, epochs: int) -> None:
    """Train to the end, and wait for the charts to show it."""
    press_train(page)
    wait_for_state(page, "finished")
    wait_for_last_point(page, epochs, "loss")
    wait_for_last_point(page, epochs, "accuracy")


def of_figure(name: str, what: str) -> str:
    return f"document.querySelector('.st-key-{name}_figure .js-plotly-plot').{what}"


def test_the_curves_end_where_the_table_says(visitor: Callable[..., Page]) -> None:
    page = visitor("/?batch=4096&epochs=5")
    train(page, 5)
    loss, accuracy = (
        page.evaluate(of_figure(name, "data[2].y.at(-1)")) for name in ("loss", "accuracy")
    )
    page.get_by_text("Epoch by epoch").click()
    row = page.locator("[data-testid=stTable] tbody tr").last
    row.wait_for()
    cells = row.locator("td").all_inner_texts()
    assert accuracy == pytest.approx(float(cells[2].rstrip("%")) / 100, abs=0.01)
    assert loss == pytest.approx(float(cells[1]), abs=0.03)
    page.get_by_text(f"they end at {loss:.4f} and {accuracy:.2%}.").wait_for()


def test_a_spike_leaves_the_rest_readable(visitor: Callable[..., Page]) -> None:
    page = visitor("/?rate=0.3&epochs=2")
    train(page, 2)
    assert page.evaluate(f"Math.max(...{of_figure('loss', 'data[0].y')})") > 100
    assert 2.5 < page.evaluate(of_figure("loss", "layout.yaxis.range[1]")) < 4
    chart = page.locator(".st-key-loss_figure")
    chart.get_by_text("▲ single batches up to").wait_for()
    chart.get_by_role("switch", name="Logarithmic axis").check()
    wait_until(page, of_figure("loss", "layout.yaxis.type") + " === 'log'")
    bottom, top = page.evaluate(of_figure("loss", "layout.yaxis.range"))
    assert 10**bottom < 2.3 < 100 < 10**top, "in powers of ten, all of it is there"
    assert chart.get_by_text("▲ single batches up to").count() == 0


def test_the_accuracy_axis_follows_the_data(visitor: Callable[..., Page]) -> None:
    page = visitor("/?epochs=5")
    train(page, 5)
    bottom, top = page.evaluate(of_figure("accuracy", "layout.yaxis.range"))
    assert top - bottom <= 0.11, "97% and 99% can be told apart"
    page.locator(".st-key-accuracy_figure").get_by_role("switch").check()
    wait_until(page, of_figure("accuracy", "layout.yaxis.range[0]") + " === 0")


def test_one_orange_speaks_against_in_the_dark_too(visitor: Callable[..., Page]) -> None:
    page = visitor("/?epochs=2&batch=1024", color_scheme="dark")
    train(page, 2)
    against = page.evaluate(
        """() => {
          const probe = document.createElement("i")
          document.querySelector(".st-key-workspace").append(probe)
          probe.style.color = "var(--against)"
          return getComputedStyle(probe).color
        }"""
    )
    assert against == "rgb(255, 138, 61)"
    line = page.locator(".st-key-loss_figure .scatterlayer path.js-line[style*='213, 94, 0']")
    expect(line.first).to_have_css("stroke", against)


def test_the_loss_axis_comes_nearer_once_the_loss_is_low(visitor: Callable[..., Page]) -> None:
    page = visitor("/?epochs=5&batch=128")
    press_train(page)
    wait_for_points(page, 3)
    wait_for_state(page, "finished")
    wait_for_last_point(page, 5, "loss")
    last, top = page.evaluate(
        f"[{of_figure('loss', 'data[2].y.at(-1)')}, {of_figure('loss', 'layout.yaxis.range[1]')}]"
    )
    assert last < top <= 0.5, "a loss of 0.1 and one of 0.15 can be told apart"
    page.locator(".st-key-loss_figure").get_by_text("▲ first batches 2.").wait_for()


def test_switches_hold_while_points_arrive_and_nothing_is_mounted_anew(page: Page) -> None:
    press_train_for_long(page)
    wait_for_points(page, 100)
    wait_for_points(page, 100, "accuracy")
    for name in ("loss", "accuracy"):
        page.evaluate(of_figure(name, "dataset.first = 'yes'"))
        page.locator(f".st-key-{name}_figure").get_by_role("switch").check()
    before = page.evaluate(of_figure("loss", "data[0].x.length"))
    wait_for_points(page, before + 200)
    assert page.evaluate(of_figure("loss", "layout.yaxis.type")) == "log"
    assert page.evaluate(of_figure("accuracy", "layout.yaxis.range")) == [0, 1.02]
    page.locator(".st-key-loss_figure").get_by_role("switch").uncheck()
    wait_until(page, of_figure("loss", "layout.yaxis.type") + " === 'linear'")
    for name in ("loss", "accuracy"):
        assert page.evaluate(of_figure(name, "dataset.first")) == "yes"
    page.locator(".st-key-stop button").click()
    wait_for_state(page, "stopped")


def test_the_end_moves_no_chart_and_the_axes_seldom_do(page: Page) -> None:
    page.goto("/?epochs=15")
    press_train(page)
    wait_for_points(page, 100)
    wait_for_points(page, 100, "accuracy")
    page.evaluate(
        """() => {
          const names = ["loss", "accuracy"]
          const plots = names.map(name =>
            document.querySelector(`.st-key-${name}_figure .js-plotly-plot`))
          const seen = window.seen = { places: new Set(), ranges: [new Set(), new Set()] }
          const look = () => {
            plots.forEach((plot, index) => {
              const scrolled = document.querySelector("[data-testid=stMain]").scrollTop
              seen.places.add(Math.round(plot.getBoundingClientRect().top + scrolled))
              seen.ranges[index].add(String(plot.layout.yaxis.range))
            })
            requestAnimationFrame(look)
          }
          look()
        }"""
    )
    test_accuracy(page)
    wait_for_last_point(page, 15)
    places, ranges = page.evaluate("[[...seen.places], seen.ranges.map(each => each.size)]")
    assert len(places) == 1, f"the charts were moved: {places}"
    assert max(ranges) <= 6


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


def test_curves_can_be_read_together_and_taken_home(visitor: Callable[..., Page]) -> None:
    page = visitor("/?epochs=3&schedule=cosine")
    train(page, 3)
    wait_for_last_point(page, 3, "learning_rate")
    wait_until(page, of_figure("loss", "data[3].x.at(-1)") + " === 3")
    said = page.evaluate(of_figure("accuracy", "data[3].text.at(-1)"))
    last = page.evaluate(of_figure("accuracy", "data[1].y.at(-1)"))
    assert f" {last:.2%}" in said
    tools = page.locator(".curve-tools")
    tools.get_by_label("steps").check()
    wait_until(page, of_figure("loss", "data[0].x.at(-1)") + " === 2532")
    tools.get_by_label("seconds").check()
    wait_until(page, of_figure("learning_rate", "layout.xaxis.title.text[0]") + " === 's'")
    ends = page.evaluate(of_figure("loss", "data[1].x.slice(1)"))
    page.locator(".st-key-loss_figure .nsewdrag").first.hover()
    for name in ("loss", "accuracy", "learning_rate"):
        wait_until(page, of_figure(name, "querySelectorAll('.hovertext').length") + " > 0")
    with page.expect_download() as picture:
        tools.get_by_role("button", name="PNG").click()
    assert Path(picture.value.path()).read_bytes().startswith(b"\x89PNG")
    with page.expect_download(lambda file: file.suggested_filename.endswith(".csv")) as saved:
        tools.get_by_role("button", name="CSV").click()
    with Path(saved.value.path()).open() as file:
        rows = list(csv.DictReader(file))
    assert [int(row["step"]) for row in rows] == list(range(1, 2533))
    assert float(rows[0]["learning_rate"]) == pytest.approx(1e-3)
    assert [float(row["seconds"]) for row in rows if row["validation_loss"]] == pytest.approx(
        ends, abs=1e-3
    )


def elements_styled_anew(page: Page, action: str) -> int:
    """How many elements the browser styles anew for a piece of JavaScript."""
    browser = page.context.browser
    assert browser
    browser.start_tracing(page=page, categories=["devtools.timeline"])
    page.evaluate(f"() => {{ {action}; getComputedStyle(document.body).color }}")
    trace = json.loads(browser.stop_tracing())
    counts = [
        event["args"].get("elementCount", 0)
        for event in trace["traceEvents"]
        if event["name"] == "UpdateLayoutTree"
    ]
    return max(counts, default=0)


def test_a_chart_that_is_drawn_has_few_others_styled_anew(visitor: Callable[..., Page]) -> None:
    page = visitor("/?epochs=1")
    press_train(page)
    wait_for_state(page, "finished")
    wait_for_last_point(page, 1)
    page.wait_for_timeout(2000)  # in which what comes last comes
    new = "document.querySelector('.digit-plot svg').append(document.createElement('g'))"
    everything = page.evaluate("document.querySelectorAll('.stMain *').length")
    assert 0 < elements_styled_anew(page, new) < everything / 3


def test_no_word_stands_where_there_is_no_curve(page: Page) -> None:
    page.goto("/?rate=10&epochs=3&layers=1024")
    page.get_by_text("784 → 1,024").or_(page.get_by_text("784 → 1024")).first.wait_for()
    press_train(page)
    wait_for_state(page, "failed")
    wait_until(page, f"({LOSS_POINTS}).length === 1")
    assert page.locator(".st-key-loss_figure .digit-plot-labels span").count() == 0
