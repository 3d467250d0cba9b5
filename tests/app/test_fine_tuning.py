"""A network that was taught, on the Train and the Models page, without a browser."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from model_store.records import FineTuningResult, LabelledDrawing, PlannedFineTuning, Run, State
from server.resources import Resources
from tests.app.conftest import component_data, words
from trainer import run_executor

GIVEN = FineTuningResult("source", 3, 0.0, 1.0, 0.9783, 0.9779, (7, 7, 4))


@pytest.fixture
def taught(app: AppTest, made: Resources, finished_run: Run) -> Callable[..., Run]:
    """Make a lesson of the visitor's and put it in view; what it is called with is changed."""
    app.session_state["visitor"] = "ann"

    def make(**values: object) -> Run:
        plan = PlannedFineTuning(finished_run.id)
        run = made.store.runs.create("ann", finished_run.settings, "784-16-10, taught", plan)
        made.store.runs.change(run.id, **values)
        app.session_state["run"] = run.id
        found = made.store.runs.get(run.id)
        assert found
        return found

    return make


def keys(app: AppTest) -> set[str]:
    return {button.key for button in app.button if button.key}


def test_a_lesson_says_what_it_was_taught_before_and_after(app: AppTest, taught) -> None:
    taught(state=State.FINISHED, fine_tuning=GIVEN, elapsed=2.0)
    app.run()
    assert "**finished** · taught 3 drawings (7, 7, 4) in 2.0 s" in words(app)
    assert "epochs" not in "\n".join(words(app).splitlines()[2:])
    assert not any(isinstance(data, dict) and "figure" in data for data in component_data(app))
    assert [metric.value for metric in app.metric] == ["3 of 3 right", "97.79%"]
    assert [metric.delta for metric in app.metric] == ["before: 0", "0.04 points less than before"]
    assert not keys(app) & {"stop", "pause", "resume", "more_epochs"}


def test_what_did_not_change_is_called_so(app: AppTest, taught) -> None:
    taught(state=State.FINISHED, fine_tuning=FineTuningResult("source", 3, 0.0, 0.0, 0.97, 0.97))
    app.run()
    assert [metric.delta for metric in app.metric] == ["unchanged", "unchanged"]
    no_arrow = app.metric[0].proto.MetricDirection.Value("NONE")
    assert [metric.proto.direction for metric in app.metric] == [no_arrow, no_arrow]
    assert "did not help" in words(app)


def test_a_lesson_is_stopped_and_given_again(app: AppTest, made: Resources, taught) -> None:
    run = taught(state=State.QUEUED)
    made.store.corrections.add("ann", LabelledDrawing(bytes(784), 7))
    app.run()
    assert "pause" not in keys(app)
    app.button(key="stop").click().run()
    stopped = made.store.runs.get(run.id)
    assert stopped
    assert stopped.state == State.STOPPED
    assert "ended before anything was learned" in words(app)
    app.button(key="resume").click().run()
    run_executor.execute_next("ticket", made.config)
    app.run()
    assert "taught 1 drawing (7)" in words(app)
    assert "before the lesson" in str(component_data(app)), "not before training"


def test_without_corrections_a_lesson_is_not_offered_again(app: AppTest, taught) -> None:
    taught(state=State.STOPPED)
    app.run()
    assert "resume" not in keys(app)


def test_its_card_says_what_it_was_taught(app: AppTest, taught) -> None:
    taught(state=State.FINISHED, fine_tuning=GIVEN)
    app.run().switch_page("../pages/models.py").run()
    assert "taught 3 drawings (7, 7, 4)" in words(app)
