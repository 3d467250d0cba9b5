"""Runs that were made under other limits, or by a version that knew other settings."""

import pytest
from streamlit.testing.v1 import AppTest

from digits.recipes import NOTEBOOK
from digits.settings import TrainingSettings
from model_store.records import Run, State
from server.metrics import store_figures
from server.resources import Resources, weights_of
from tests.app.conftest import words
from trainer.checkpoints import CheckpointDamaged
from trainer.duration_estimate import Timing
from ui.pages import PAGES

VALUES = NOTEBOOK.model_dump(mode="json")
OLD = {
    "a larger maximum": {**VALUES, "epochs": 80, "hidden_layers": [16] * 9, "batch_size": 9000},
    "another field": {**VALUES, "momentum": 0.9},
    "a choice that is gone": {**VALUES, "optimizer": "lion"},
    "hardly anything": {"epochs": 3},
}


@pytest.fixture(params=list(OLD.values()), ids=list(OLD))
def old(request: pytest.FixtureRequest, app: AppTest, made: Resources) -> Run:
    """An old run of the visitor, that has ended."""
    app.run()
    run = made.store.runs.create(app.session_state["visitor"], request.param, "an old one")
    made.store.runs.change(run.id, state=State.FINISHED, step=10, total_steps=10)
    found = made.store.runs.get(run.id)
    assert found
    return found


def test_every_page_opens_with_it(app: AppTest, made: Resources, old: Run) -> None:
    app.switch_page("../pages/models.py").run()
    assert "an old one" in words(app)
    for page in PAGES:
        app.query_params["run"] = old.id
        app.switch_page(f"../pages/{page.name}.py").run()
        assert not app.exception


def test_what_cannot_go_on_says_why(app: AppTest, made: Resources, old: Run) -> None:
    made.store.runs.change(old.id, state=State.PAUSED, step=5)
    app.query_params["run"] = old.id
    app.switch_page("../pages/train.py").run()
    app.button(key="resume").click().run()
    again = made.store.runs.get(old.id)
    assert again
    if again.state == State.PAUSED:
        assert "another version of this program" in words(app)
    else:
        assert again.state == State.QUEUED
        assert TrainingSettings.model_validate(again.settings)


def test_one_in_line_breaks_no_page_of_others(app: AppTest, made: Resources, old: Run) -> None:
    made.store.runs.change(old.id, state=State.QUEUED, visitor="somebody else")
    made.service._supervisor.estimator.note_probe(NOTEBOOK, Timing(0.001, 0.1, 0.1))
    app.switch_page("../pages/train.py").run()
    assert not app.exception
    assert not app.button(key="train").disabled


def test_one_at_work_breaks_no_figures_of_the_operator(made: Resources, old: Run) -> None:
    made.store.runs.change(old.id, state=State.RUNNING, reported_at=2e9, steps_per_second=100.0)
    found = made.store.runs.get(old.id)
    assert found
    estimator = made.service._supervisor.estimator
    estimator.note_run(found)
    estimator.note_probe(NOTEBOOK, Timing(0.001, 0.1, 0.1))
    assert made.service.expected_seconds(NOTEBOOK)
    assert made.service.queue_estimate("ann").ahead == 0
    assert b"images_per_second" in store_figures(made.store)


def test_an_activation_that_nobody_knows_any_more_is_said(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    app.run()
    values = {**finished_run.settings, "activation": "swish"}
    visitor = app.session_state["visitor"]
    made.store.runs.change(finished_run.id, settings=values, visitor=visitor)
    found = made.store.runs.get(finished_run.id)
    assert found
    with pytest.raises(CheckpointDamaged, match="swish"):
        weights_of(found)
    app.query_params["run"] = found.id
    for page in PAGES:
        app.switch_page(f"../pages/{page.name}.py").run()
        assert not app.exception
