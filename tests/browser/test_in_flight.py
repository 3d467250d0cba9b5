"""A run that rests, and a batch size that changes: where the curves show it, and how they go on."""

import csv
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.hosting.servers import Server
from digits.settings import TrainingSettings
from model_store.records import State
from model_store.store import Store
from tests.browser.steps import (
    of_figure,
    press_train,
    wait_for_last_point,
    wait_for_points,
    wait_for_state,
    wait_until,
)
from tests.browser.stored_runs import id_of, put_run

EPOCHS = 13
STEPS_OF_8, STEPS_OF_64 = 750, 94  # in an epoch of 6,000 images


def test_beside_continue_no_other_button_stands_out(
    visitor: Callable[..., Page], server: Server, store: Store
) -> None:
    page = visitor("/models")
    rests = {"state": State.PAUSED, "step": 10, "total_steps": 100}
    run = put_run(store, id_of(page, server), "rests", TrainingSettings(), **rests)
    page.goto(f"{server.address}/?run={run}")
    keys = ("resume", "train", "change_run")
    go_on, train, change = (page.locator(f".st-key-{key} button") for key in keys)
    page.get_by_label("Batch size", exact=True).fill("256")
    page.keyboard.press("Enter")
    change.wait_for()
    filled = "button => getComputedStyle(button).backgroundColor !== 'rgba(0, 0, 0, 0)'"
    assert go_on.evaluate(filled)
    assert not train.evaluate(filled)
    assert not change.evaluate(filled)


def test_the_curves_go_on_along_the_epochs(visitor: Callable[..., Page]) -> None:
    page = visitor(f"/?batch=8&images=6000&epochs={EPOCHS}")
    press_train(page)
    wait_for_points(page, 300)
    page.get_by_role("button", name="Pause").click()
    wait_for_state(page, "paused")
    field = page.get_by_label("Batch size", exact=True)
    field.fill("64")
    field.press("Enter")
    page.get_by_text("The batch size from the next epoch on.").wait_for()
    page.get_by_role("button", name="Change the run before it goes on").click()
    page.get_by_role("button", name="Continue").click()
    wait_for_state(page, "finished")
    wait_for_last_point(page, EPOCHS)
    marks = (
        f"({of_figure('loss', 'layout.annotations')}).filter(({{ text }}) => /batch/.test(text))"
    )
    wait_until(page, f"{marks}.length === 1")
    (mark,) = page.evaluate(marks)
    assert mark["text"] == "batch size 64"
    assert mark["x"] == int(mark["x"]) >= 1, "at the beginning of an epoch"
    before = STEPS_OF_8 * mark["x"]
    steps = before + STEPS_OF_64 * (EPOCHS - mark["x"])
    page.get_by_text(f"Changed while it trained: batch size 64 after step {before:,}.").wait_for()
    tools = page.locator(".curve-tools")
    tools.get_by_label("steps").check()
    wait_until(page, f"{of_figure('loss', 'data[0].x.at(-1)')} === {steps}")
    assert page.evaluate(of_figure("loss", "layout.xaxis.range")) == [0, steps]
    (mark,) = page.evaluate(marks)
    assert mark["x"] == before
    ends = page.evaluate(of_figure("loss", "data[1].x.slice(1)"))
    assert ends[-2:] == [steps - STEPS_OF_64, steps]
    with page.expect_download(lambda file: file.suggested_filename.endswith(".csv")) as saved:
        tools.get_by_role("button", name="CSV").click()
    with Path(saved.value.path()).open() as file:
        rows = list(csv.DictReader(file))
    assert [int(row["step"]) for row in rows] == list(range(1, steps + 1))
