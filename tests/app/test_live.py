"""What a live page hears of a run, asked as a browser asks."""

import math
from collections.abc import Iterator
from threading import Event

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from digits.recipes import NOTEBOOK
from model_store.database import StoreUnavailable
from model_store.records import Epoch, Points, Run, State, StoredProgress
from model_store.runs import Runs
from server.rate_limits import Rate, RateLimit
from server.resources import Resources
from trainer.supervisor import Readiness
from ui.routes import routes
from ui.shared import live
from ui.shared.poll_interval import FASTEST_AT_REST
from ui.shared.run_updates import so_far


@pytest.fixture
def browser(made: Resources) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=routes)) as client:
        yield client


@pytest.fixture
def running(made: Resources) -> Run:
    """A run that has taken 844 steps of 4,220."""
    values = NOTEBOOK.model_dump(mode="json")
    run = made.store.runs.create("ann", values, "784-128-64-10")
    made.store.queue.claim("ticket")
    report(made, run.id, 1, 844, Epoch(1, 844, 0.27, 0.92, 0.13, 0.96, 0.3, 0.1, 0.97))
    made.service._supervisor.readiness = Readiness(True, "ready")
    return run


def report(made: Resources, run: str, first: int, last: int, *epochs: Epoch) -> None:
    steps = np.arange(first, last + 1, dtype=np.int32)
    losses = (1 / steps).astype(np.float32)
    progress = StoredProgress(Points(steps, {"loss": losses, "accuracy": 1 - losses}), list(epochs))
    values = {"step": last, "total_steps": 4220, "steps_per_second": 1000.0, "elapsed": 0.844}
    made.store.progress.append(run, "ticket", progress, **values)


def test_all_that_is_known_comes_at_first(browser: TestClient, running: Run) -> None:
    news = browser.get(f"/live/{running.id}").json()
    assert (news["state"], news["active"], news["share"]) == ("running", True, 0.2)
    assert news["words"] == "epoch 2 of 5, step 844 of 4,220 · about 3 s to go"
    assert news["numbers"]["Training, last epoch"] == "92.00%"
    assert news["numbers"]["Validation, last epoch"] == "96.00%"
    assert news["numbers"]["Images a second"] == "64,000 just now"
    newest = f"{(1 - 1 / np.arange(745, 845)).mean():.1%}"
    assert news["so_far"][-1] == ["Training images, just now", newest, "in the newest steps"]
    batches, epochs = news["points"]
    assert (len(batches["x"]), batches["from"], batches["x"][-1]) == (844, 0, 1.0)
    assert set(batches["series"]) == {"loss", "accuracy"}
    assert (len(batches["series"]["loss"]), batches["series"]["accuracy"][-1]) == (844, 0.9988)
    assert (epochs["from"], epochs["x"]) == (0, [1])
    assert epochs["series"] == {
        "validation_loss": [0.13],
        "validation_accuracy": [0.96],
        "training_loss": [0.1],
        "training_accuracy": [0.97],
        "seconds": [0.3],
    }
    assert news["cursor"] == [844, 844, 1]
    assert 0 < news["wait"] < 1


def test_once_it_rests_its_speed_and_its_time_belong_together(
    browser: TestClient, made: Resources, running: Run
) -> None:
    made.store.runs.change(running.id, state=State.FINISHED, elapsed=10.0)
    numbers = browser.get(f"/live/{running.id}").json()["numbers"]
    images, _ = NOTEBOOK.split(60_000)
    assert numbers["Images a second"] == f"{images / 10:,.0f} on average"
    assert numbers["Elapsed"] == "10.0 s"


def test_what_is_read_so_far_is_of_the_last_epoch_and_the_newest_steps() -> None:
    settings = NOTEBOOK.model_copy(update={"validation_split": 0.1})
    nothing = [value for _, value, _ in so_far(settings, None)]
    assert nothing == ["-", "-"]
    last = Epoch(1, 844, 0.27, 0.92, 0.13, 0.96, 0.3, 0.1, 0.97)
    assert so_far(settings, last) == [
        ["Images held back, so far", "96.00%", "after epoch 1"],
        ["Training images, just now", "92.0%", "in epoch 1"],
    ]
    lost = Points(np.arange(2, dtype=np.int32), {"accuracy": np.array([np.nan, 0.5], np.float32)})
    assert so_far(settings, last, lost)[1][1] == "50.0%"


def test_then_only_what_is_new(made: Resources, browser: TestClient, running: Run) -> None:
    report(made, running.id, 845, 900)
    news = browser.get(f"/live/{running.id}?step=844&points=844&epochs=1").json()
    batches, epochs = news["points"]
    assert (len(batches["x"]), batches["from"]) == (56, 844)
    assert (epochs["from"], epochs["x"]) == (1, [])
    assert news["cursor"] == [900, 900, 1]
    again = browser.get(f"/live/{running.id}?step=900&points=900&epochs=1").json()
    assert again["points"][0]["x"] == []
    assert again["cursor"] == [900, 900, 1]


def test_the_end_is_told(made: Resources, browser: TestClient, running: Run) -> None:
    made.store.runs.change(running.id, state=State.FAILED, failure="<b>It</b> ran away.")
    news = browser.get(f"/live/{running.id}").json()
    assert (news["state"], news["active"]) == ("failed", False)
    assert news["words"] == "<b>It</b> ran away."
    assert news["wait"] >= FASTEST_AT_REST, "it may go on elsewhere, but not so soon"
    made.store.runs.change(running.id, elapsed=77.0)
    went_on = browser.get(f"/live/{running.id}").json()
    assert went_on["rest"] != news["rest"], "it has trained meanwhile and rests again"


@pytest.mark.parametrize(
    ("step", "kept", "words"),
    [
        (4220, 5, "5 epochs in 0.8 s"),
        (4220, 3, "5 epochs in 0.8 s, with the weights of epoch 3"),
        (2532, 1, "ended early, after 3 of 5 epochs in 0.8 s, with the weights of epoch 1"),
    ],
)
def test_a_run_that_kept_its_best_epoch_says_which_and_how_many_there_were(
    made: Resources, browser: TestClient, running: Run, step: int, kept: int, words: str
) -> None:
    test = {"accuracy": 0.97, "best_epoch": kept}
    made.store.runs.change(running.id, state=State.FINISHED, step=step, total_steps=step, test=test)
    assert browser.get(f"/live/{running.id}").json()["words"] == words


@pytest.mark.parametrize("query", ["step=x", "points=1e9", "epochs=" + "9" * 5000])
def test_what_is_no_number_is_refused(browser: TestClient, running: Run, query: str) -> None:
    answer = browser.get(f"/live/{running.id}?{query}")
    assert answer.status_code == 400
    assert "whole numbers" in answer.json()["words"]


@pytest.mark.parametrize("step", ["-1", "9" * 40])
def test_numbers_of_any_size_are_survived(browser: TestClient, running: Run, step: str) -> None:
    answer = browser.get(f"/live/{running.id}?step={step}&points={step}&epochs={step}")
    assert answer.status_code == 200


def test_a_run_that_is_not_there_is_said(browser: TestClient) -> None:
    for name in ("nothing", "%00", "x" * 3000):
        answer = browser.get(f"/live/{name}")
        assert answer.status_code == 404
        assert answer.json()["words"] == "This run has been deleted."


def test_a_loss_that_is_no_number_is_a_gap(
    made: Resources, browser: TestClient, running: Run
) -> None:
    report(made, running.id, 845, 1688, Epoch(2, 1688, 0.2, 0.9, math.inf, 0.1, 0.3))
    news = browser.get(f"/live/{running.id}").json()
    assert news["points"][1]["series"]["validation_loss"] == [0.13, None]


def test_who_asks_without_a_break_is_told_to_wait(
    browser: TestClient, running: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_of_viewer", RateLimit(Rate(2, 60.0)))
    answers = [browser.get(f"/live/{running.id}") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "too often" in answers[-1].json()["words"]


def test_a_store_that_is_silent_is_said(
    browser: TestClient, running: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = Event()
    monkeypatch.setattr(live, "SECONDS_FOR_THE_STORE", 0.1)
    monkeypatch.setattr(Runs, "get", lambda self, run_id: silent.wait(30))
    answer = browser.get(f"/live/{running.id}")
    silent.set()
    assert answer.status_code == 503
    assert "does not answer" in answer.json()["words"]


def test_an_error_is_logged_once_and_said_without_its_words(
    browser: TestClient,
    running: Run,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("secret")

    monkeypatch.setattr(live, "news_of", broken)
    answers = [browser.get(f"/live/{running.id}") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [500, 500]
    assert "secret" not in answers[0].text
    assert [record.message for record in caplog.records].count("page failed") == 1


def test_a_store_that_does_not_answer_is_said(
    browser: TestClient, running: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(self: Runs, run_id: str) -> Run:
        raise StoreUnavailable("The store is busy.")

    monkeypatch.setattr(Runs, "get", unavailable)
    answer = browser.get(f"/live/{running.id}")
    assert (answer.status_code, answer.json()) == (503, {"words": "The store is busy."})
