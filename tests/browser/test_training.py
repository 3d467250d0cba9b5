"""Train in a real browser: live charts, stop, refresh, several visitors, a dead worker."""

import re
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from benchmarks.hosting.servers import Server, workers
from digits.dataset import Mnist
from tests.browser.steps import (
    POINTS,
    SEVEN,
    draw,
    last_point,
    press_train,
    press_train_for_long,
    test_accuracy,
    wait_for_last_point,
    wait_for_points,
    wait_for_state,
    wait_until,
)

NOTEBOOK_LOSSES = [0.2724, 0.1110, 0.0778, 0.0579, 0.0457]

# Counts what a visitor would see as flicker: figures that are built anew, frames without a curve.
WATCH = """
seconds => new Promise(resolve => {
  const seen = { remounts: 0, blank: 0, frames: 0, updates: 0 }
  const keys = [".st-key-loss_figure", ".st-key-accuracy_figure"]
  const first = keys.map(key => document.querySelector(key + " .js-plotly-plot"))
  const lengths = first.map(plot => plot.data[0].x.length)
  const until = performance.now() + seconds * 1000
  const look = () => {
    seen.frames += 1
    keys.forEach((key, index) => {
      const plot = document.querySelector(key + " .js-plotly-plot")
      if (plot !== first[index]) { seen.remounts += 1; first[index] = plot }
      const curve = plot?.querySelector(".scatterlayer .js-line")?.getAttribute("d") ?? ""
      if (curve.length < 10) seen.blank += 1
      const length = plot?.data?.[0]?.x?.length ?? 0
      if (length > lengths[index]) { lengths[index] = length; if (!index) seen.updates += 1 }
    })
    performance.now() < until ? requestAnimationFrame(look) : resolve(seen)
  }
  requestAnimationFrame(look)
})
"""


def test_the_defaults_reach_97_percent(page: Page) -> None:
    page.set_default_timeout(240_000)  # forty epochs, on a slow machine beside other work
    press_train(page)
    wait_for_state(page, "finished")
    assert test_accuracy(page) >= 0.985
    wait_for_last_point(page, 40, "loss")
    wait_for_last_point(page, 40, "accuracy")
    epochs = page.evaluate(
        "document.querySelector('.st-key-accuracy_figure .js-plotly-plot').data[1].x"
    )
    assert epochs == [None, *range(1, 41)]
    page.get_by_text("TensorFlow 2.").first.wait_for()


def test_both_curves_are_in_sight_below_a_panel_that_stays_as_high(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/?batch=64&epochs=8&schedule=cosine")
    page.get_by_text("784 → 128").wait_for()
    press_train(page)
    so_far = page.locator(".st-key-so_far dd")
    expect(so_far).to_have_text([re.compile(r"9\d\.\d\d%"), re.compile(r"\d%")], timeout=60_000)
    panel = page.locator(".st-key-run_panel")
    while_it_runs = panel.bounding_box()
    for figure in ("loss", "accuracy"):
        expect(page.locator(f".st-key-{figure}_figure .xtitle")).to_be_in_viewport(ratio=0.9)
    wait_for_state(page, "finished")
    test_accuracy(page)
    assert panel.bounding_box() == while_it_runs
    expect(so_far).to_have_count(0)


def test_training_losses_are_the_notebooks(visitor: Callable[..., Page]) -> None:
    page = visitor("/?validation=0")
    press_train(page)
    wait_for_state(page, "finished")
    assert test_accuracy(page) >= 0.97
    page.get_by_text("Epoch by epoch").click()
    cells = page.locator("[data-testid=stTable] tbody tr td:nth-of-type(2)")
    cells.first.wait_for()
    losses = [float(text) for text in cells.all_inner_texts()]
    np.testing.assert_allclose(losses, NOTEBOOK_LOSSES, rtol=0.1)


def test_live_charts_neither_remount_nor_go_blank(page: Page) -> None:
    press_train_for_long(page)
    wait_for_points(page, 100)
    wait_for_points(page, 100, "accuracy")
    seen = page.evaluate(WATCH, 5)
    page.locator(".st-key-stop button").click()
    assert seen["frames"] > 20
    assert seen["remounts"] == 0
    assert seen["blank"] == 0
    assert seen["updates"] >= 5, "a busy machine may be slower than four updates a second"


def test_zoom_is_kept_while_points_arrive(page: Page) -> None:
    press_train_for_long(page)
    wait_for_points(page, 100)
    plot = "document.querySelector('.st-key-loss_figure .js-plotly-plot')"
    page.evaluate(f"Plotly.relayout({plot}, {{'xaxis.range': [0, 1.5]}})")
    before = page.evaluate(f"{plot}.data[0].x.length")
    wait_for_points(page, before + 200)
    assert page.evaluate(f"{plot}.layout.xaxis.range") == [0, 1.5]
    page.locator(".st-key-stop button").click()


def test_a_refresh_in_the_middle_shows_the_same_run_still_live(page: Page) -> None:
    press_train_for_long(page)
    wait_for_points(page, 500)
    address = page.url
    page.reload()
    wait_for_points(page, 500)
    assert page.url == address
    before = last_point(page)
    wait_until(page, f"({POINTS.format('loss')}).at(-1) > {before}")
    page.locator(".st-key-stop button").click()
    wait_for_state(page, "stopped")


def test_a_second_viewer_sees_it_live_but_cannot_stop_it(
    page: Page, visitor: Callable[..., Page]
) -> None:
    press_train_for_long(page)
    wait_for_points(page, 100)
    viewer = visitor(page.url)
    wait_for_points(viewer, 100)
    wait_for_state(viewer, "running")
    assert viewer.locator(".st-key-stop").count() == 0
    page.locator(".st-key-stop button").click()
    wait_for_state(page, "stopped")
    wait_for_state(viewer, "stopped")


def test_stop_keeps_what_was_learned(page: Page) -> None:
    press_train_for_long(page)
    wait_for_points(page, 1000)
    page.locator(".st-key-stop button").click()
    wait_for_state(page, "stopped")
    assert test_accuracy(page) > 0.85
    assert not page.locator(".st-key-train button").is_disabled()


PANEL = """(() => {
  const bottoms = [...document.querySelectorAll(".st-key-run_buttons :is(a, button)")].map(
    button => button.getBoundingClientRect().bottom)
  const row = document.querySelector(".st-key-run_buttons").getBoundingClientRect()
  const panel = document.querySelector(".st-key-run_panel").getBoundingClientRect()
  return [panel.height, row.bottom - Math.max(...bottoms)].map(Math.round)
})()"""


@pytest.mark.parametrize("width", [1280, 390])
def test_the_panel_of_a_run_is_as_high_in_every_state_and_has_no_empty_row(
    visitor: Callable[..., Page], width: int
) -> None:
    page = visitor("/?epochs=20&schedule=cosine", width=width)
    press_train(page)
    wait_for_points(page, 200)
    found = {"running": page.evaluate(PANEL)}
    for key, state in (("pause", "paused"), ("resume", "running"), ("stop", "stopped")):
        page.locator(f".st-key-{key} button").click()
        wait_for_state(page, state)
        awaited = {"pause": "resume", "resume": "pause", "stop": "more_epochs"}[key]
        page.locator(f".st-key-{awaited} button").wait_for()
        if state == "stopped":
            test_accuracy(page)
            page.locator(".st-key-verdict").get_by_text("starts again").wait_for()
        found[state] = page.evaluate(PANEL)
    page.locator(".st-key-resume button").click()
    wait_for_state(page, "finished")
    test_accuracy(page)
    page.locator(".st-key-verdict").get_by_text("starts again").wait_for()
    found["finished"] = page.evaluate(PANEL)
    heights = [height for height, _ in found.values()]
    assert max(heights) - min(heights) <= 1, found
    assert max(empty for _, empty in found.values()) <= 1, found


def test_pause_continue_and_more_epochs(page: Page) -> None:
    page.goto("/?epochs=15")
    press_train(page)
    wait_for_points(page, 500)
    page.locator(".st-key-pause button").click()
    wait_for_state(page, "paused")
    page.locator(".st-key-resume button").click()
    wait_for_state(page, "finished")
    wait_for_last_point(page, 15)
    page.locator(".st-key-more_epochs button").click()
    wait_for_last_point(page, 30)
    wait_for_state(page, "finished")


def test_two_visitors_train_at_once_and_see_their_own(visitor: Callable[..., Page]) -> None:
    first, second = visitor("/?layers=40&epochs=30"), visitor("/?layers=24-12&epochs=20")
    press_train(first)
    press_train(second)
    wait_for_points(first, 100)
    wait_for_points(second, 100)
    assert first.url != second.url
    wait_for_state(first, "finished")
    wait_for_state(second, "finished")
    wait_for_last_point(first, 30)
    wait_for_last_point(second, 20)
    for page, own, other in (
        (first, "784-40-10", "784-24-12-10"),
        (second, "784-24-12-10", "784-40-10"),
    ):
        page.get_by_role("link", name="Models").click()
        page.get_by_text(own).first.wait_for()
        assert other not in page.locator("body").inner_text()


def test_a_killed_worker_is_replaced_and_the_run_goes_on(page: Page, server: Server) -> None:
    page.goto("/?epochs=30")
    press_train(page)
    wait_for_points(page, 2000)
    for worker in workers(server):
        worker.kill()
    page.locator(".st-key-run_state").get_by_text("finished").wait_for(timeout=180_000)
    wait_for_last_point(page, 30)
    assert test_accuracy(page) > 0.97


def test_the_keras_file_can_be_taken_home(
    page: Page, mnist: Mnist, tmp_path: Path, server: Server
) -> None:
    page.goto("/?epochs=3")
    press_train(page)
    wait_for_state(page, "finished")
    accuracy = test_accuracy(page)
    page.get_by_role("link", name="Models").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Keras file").first.click()
    path = tmp_path / "model.keras"
    download.value.save_as(path)
    network = keras.models.load_model(path)
    answers = network.predict(mnist.test_images / np.float32(255), verbose=0).argmax(axis=1)
    assert np.mean(answers == mnist.test_labels) == pytest.approx(accuracy, abs=5e-5)


def test_the_web_process_stays_small_and_without_tensorflow(page: Page, server: Server) -> None:
    page.goto("/?epochs=3")
    press_train(page)
    wait_for_state(page, "finished")
    page.get_by_role("link", name="Draw").first.click()
    draw(page, SEVEN)
    page.locator(".st-key-predicted_digit").wait_for()
    maps = Path(f"/proc/{server.process.pid}/maps")
    if not maps.exists():
        pytest.skip("only Linux tells what a process has loaded")
    assert "tensorflow" not in maps.read_text()
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    kilobytes = int(next(line for line in status.splitlines() if "VmRSS" in line).split()[1])
    # After all that the tests before have done here: a hundred visits, every view of Inside.
    assert kilobytes < 400 * 1024
