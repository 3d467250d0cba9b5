"""Charts: what their curves and axes show of a run, and what can be done with them."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import (
    of_figure,
    press_train,
    press_train_for_long,
    test_accuracy,
    train,
    wait_for_last_point,
    wait_for_points,
    wait_for_state,
    wait_until,
)


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
