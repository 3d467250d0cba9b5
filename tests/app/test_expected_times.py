"""How long a run waits and takes, as the Train page says it."""

from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from digits.recipes import DEFAULT_RECIPE, NOTEBOOK
from digits.words import rounded
from server.resources import Resources
from tests.app.conftest import number, words
from trainer.duration_estimate import PROBES, DurationEstimator, Timing, _step
from trainer.queue_estimate import QueueEstimate
from trainer.supervisor import Readiness
from ui.train.empty_state import SECONDS_BETWEEN_LOOKS


def test_the_visitors_own_run_is_said_to_come_first(
    app: AppTest, made: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.run()
    settings = NOTEBOOK.model_dump(mode="json")
    made.store.runs.create("ann", settings, "hers")
    wait = QueueEstimate(0, 360.0)
    monkeypatch.setattr(made.service, "queue_estimate", lambda *_: wait)
    app.run()
    assert "Other runs are training now; it would start in about 6 min." in words(app)
    made.store.runs.create(app.session_state["visitor"], settings, "mine")
    app.run()
    assert "Your run that trains now comes first; it would start in about 6 min." in words(app)


@pytest.mark.parametrize("seconds", [15.0, None])
def test_what_a_run_would_wait_for_is_looked_at_again_until_it_has_gone(
    app: AppTest, made: Resources, monkeypatch: pytest.MonkeyPatch, seconds: float | None
) -> None:
    pauses: list[object] = []
    fragment = st.fragment

    def watched(part: Callable[..., Any], run_every: float | None = None) -> Callable[..., Any]:
        if part.__name__ == "_queue_estimate":
            pauses.append(run_every)
        return fragment(part, run_every=run_every)

    measure(made)
    monkeypatch.setattr(st, "fragment", watched)
    waits = [QueueEstimate(2, seconds)]
    monkeypatch.setattr(made.service, "queue_estimate", lambda *_: waits[0])
    assert "2 runs before yours" in words(app.run())
    waits[0] = QueueEstimate(0, 0.0)
    assert "before yours" not in words(app.run())
    assert pauses == [SECONDS_BETWEEN_LOOKS, None]


def test_a_full_queue_is_said_before_and_after_the_press(app: AppTest, made: Resources) -> None:
    app.run()
    settings = NOTEBOOK.model_dump(mode="json")
    mine = app.session_state["visitor"]
    for visitor in ("bob", mine, mine, mine, mine):
        made.store.runs.create(visitor, settings, "waiting")
    app.run()
    assert "5 runs before yours." in words(app)  # and no time that nobody can know
    app.button(key="train").click().run()
    assert "You have 4 runs in line already" in words(app)
    assert len(made.store.runs.active()) == 5


def test_before_the_machine_is_measured_no_time_is_invented(app: AppTest) -> None:
    app.run()
    said = words(app)
    assert "warming up. You can press Train already: the run then starts by itself." in said
    assert "You can press Train already. How long it takes is said here once this" in said
    assert "few seconds" not in said
    assert "a minute" not in said


def measure(made: Resources, times: float = 1.0) -> DurationEstimator:
    """Let the service know the pace of a machine."""
    estimator = made.service._supervisor.estimator
    for settings in PROBES:
        estimator.note_probe(settings, Timing(times * _step(settings), 2.0, 0.3 * times))
    return estimator


def test_the_time_is_said_before_the_press_and_follows_the_settings(
    app: AppTest, made: Resources
) -> None:
    estimator = measure(made)
    app.run()
    seconds = rounded(estimator.seconds(DEFAULT_RECIPE) or 0)
    assert f"About **{seconds}** on this machine" in words(app)
    number(app, "Epochs").set_value(3).run()
    few = DEFAULT_RECIPE.model_copy(update={"epochs": 3})
    assert f"About **{rounded(estimator.seconds(few) or 0)}** on this machine" in words(app)
    assert rounded(estimator.seconds(few) or 0) != rounded(estimator.seconds(DEFAULT_RECIPE) or 0)


def test_a_run_longer_than_it_may_be_is_told_so(app: AppTest, made: Resources) -> None:
    measure(made, times=200)
    app.run()
    assert "Every run has 30 minutes here" in words(app)


def test_while_it_runs_it_says_how_long_it_still_takes(app: AppTest, made: Resources) -> None:
    measure(made)
    made.service._supervisor.readiness = Readiness(True, "ready")
    app.run()
    app.button(key="train").click().run()
    (run,) = made.store.runs.active()
    assert made.store.queue.claim("ticket")
    app.run()
    left = made.service.seconds_left(run)
    assert f"then off it goes · about {rounded(left or 0)} to go" in words(app)
    shown = {"step": 2000, "total_steps": 4000, "steps_per_second": 100.0, "elapsed": 20.0}
    made.store.runs.change(run.id, **shown)
    app.run()
    assert "about 20 s to go" in words(app)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.1, "1 s"),
        (7.4, "7 s"),
        (17.6, "20 s"),
        (58, "1 min"),
        (94, "1 min 30 s"),
        (283, "4 min 30 s"),
        (1234, "21 min"),
    ],
)
def test_expected_times_are_rounded(seconds: float, said: str) -> None:
    assert rounded(seconds) == said
