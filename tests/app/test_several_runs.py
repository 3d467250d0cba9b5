"""Runs that are started together: planned, put in line as there is room, stopped as one."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from digits.settings import TrainingSettings
from model_store.limits import MOST_PLANNED, Limits, TooManyRuns
from model_store.records import PlannedFineTuning, Run, State
from server.rate_limits import Rate, RateLimit
from server.resources import Resources
from tests.app.conftest import ask_models, table_of_runs, words
from trainer.ready_made import READY_MADE
from trainer.service import TrainingService
from ui.shared import throttle
from ui.shared.throttle import Action

IN_LINE = Limits().running + Limits().waiting


@pytest.fixture
def base(app: AppTest, made: Resources) -> Run:
    """A run that has ended, of somebody who does nothing here."""
    app.run().switch_page("../pages/models.py").run()
    settings = TrainingSettings(hidden_layers=(16,), seed=7).model_dump(mode="json")
    run = made.store.runs.create("somebody", settings, "base")
    made.store.runs.change(run.id, state=State.FINISHED, test={"accuracy": 0.9})
    return run


def own(app: AppTest, made: Resources) -> list[Run]:
    """The visitor's runs, oldest first."""
    return made.store.runs.of_visitor(app.session_state["visitor"])[::-1]


def test_a_repetition_is_trained_from_four_other_seeds(
    app: AppTest, made: Resources, base: Run
) -> None:
    ask_models(app, "repeat", base.id)
    runs = own(app, made)
    assert [run.settings["seed"] for run in runs] == [8, 9, 10, 11]
    assert {run.state for run in runs} == {State.QUEUED}
    assert table_of_runs(app)["started"] == [base.id, *(run.id for run in runs)]


def test_only_the_seeds_that_are_missing_are_trained(
    app: AppTest, made: Resources, base: Run
) -> None:
    ask_models(app, "repeat", base.id)
    assert {(row["seeds"], row["coming"]) for row in table_of_runs(app)["rows"]} == {(4, 4)}
    gone, *kept = own(app, made)
    made.store.runs.change(gone.id, state=State.STOPPED)
    app.run()
    assert {row["seeds"] for row in table_of_runs(app)["rows"] if row["id"] != gone.id} == {3}
    ask_models(app, "repeat", kept[0].id, kept[1].id)
    assert [run.settings["seed"] for run in own(app, made)][4:] == [12, 13]
    ask_models(app, "repeat", kept[2].id)
    assert len(own(app, made)) == 6, "there are five seeds"
    assert len(table_of_runs(app)["started"]) == 5, "they are compared"


def test_a_seed_that_was_stopped_is_trained_anew(app: AppTest, made: Resources, base: Run) -> None:
    stopped = made.store.runs.create(app.session_state["visitor"], base.settings, "stopped")
    made.store.runs.change(stopped.id, state=State.STOPPED, test={"accuracy": 0.8})
    (row,) = table_of_runs(app.run())["rows"]
    assert (row["seeds"], row["coming"]) == (0, 0)
    ask_models(app, "repeat", stopped.id)
    assert [run.settings["seed"] for run in own(app, made)[1:]] == [7, 8, 9, 10, 11]


def test_what_is_asked_again_until_it_was_done_is_done_once(
    app: AppTest, made: Resources, base: Run
) -> None:
    ask_models(app, "repeat", base.id)
    run = own(app, made)[0]
    number = table_of_runs(app)["carriedOut"] + 1
    first = {"what": "rename", "runs": [run.id], "name": "one", "number": number}
    second = {"what": "rename", "runs": [run.id], "name": "two", "number": number + 1}
    look = {"what": "look", "number": number + 2}
    for sent, name in (([first], "one"), ([first, second, look], "two"), ([first], "two")):
        app.session_state["asked_of_models"] = sent
        app.run()
        assert own(app, made)[0].name == name
    assert table_of_runs(app)["carriedOut"] == number + 2


def test_the_ready_made_network_is_not_repeated(app: AppTest, made: Resources, base: Run) -> None:
    ask_models(app, "repeat", base.id, READY_MADE)
    assert [run.settings["seed"] for run in own(app, made)] == [8, 9, 10, 11]


def test_of_the_planned_runs_the_cheap_ones_start_first(
    app: AppTest, made: Resources, base: Run
) -> None:
    visitor = app.session_state["visitor"]
    large = TrainingSettings(hidden_layers=(1024, 384), epochs=20)
    small = TrainingSettings(hidden_layers=(16,), epochs=1)
    made.service.plan(visitor, [("large", large)] * (IN_LINE + 3))
    made.service.plan(visitor, [("small", small)] * 2)
    for _ in range(2):
        first = made.store.queue.waiting()[0]
        made.store.runs.change(first.id, state=State.FINISHED)
        made.service.start_planned()
    names = [run.name for run in made.store.queue.waiting()]
    assert [name for name in names if name.startswith("small")] == ["small", "small (2)"]
    assert all(run.name.startswith("large") for run in made.store.planned.waiting())


def test_what_a_run_would_take_again_is_said_once_it_was_measured(
    app: AppTest, made: Resources, base: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.store.runs.create(app.session_state["visitor"], base.settings, "mine")
    app.run()
    (row,) = table_of_runs(app)["rows"]
    assert row["again"] is None
    monkeypatch.setattr(TrainingService, "expected_seconds", lambda *_: 7.5)
    (row,) = table_of_runs(app.run())["rows"]
    assert row["again"] == 7.5


def test_a_sweep_keeps_to_the_places_that_a_visitor_has_and_goes_on_by_itself(
    app: AppTest, made: Resources, base: Run
) -> None:
    axes = {"rate": "0.1, 0.01, 0.001, 0.0001", "dropout": "0, 0.1, 0.2, 0.3"}
    ask_models(app, "sweep", base.id, axes=axes)
    runs = own(app, made)
    assert len(runs) == 16
    assert [run.state for run in runs].count(State.QUEUED) == IN_LINE
    assert "it starts when another run of yours has ended" in words(app)
    planned = [row["state"] for row in table_of_runs(app)["rows"] if row["planned"]]
    assert planned == ["planned"] * (16 - IN_LINE), "nobody has paused them"
    made.service.start_planned()
    assert [run.id for run in made.store.queue.waiting()] == [run.id for run in runs[:IN_LINE]]
    for run in runs[:2]:
        made.store.runs.change(run.id, state=State.FINISHED)
    made.service.start_planned()
    assert {run.id for run in made.store.queue.waiting()} == {
        run.id for run in runs[2 : IN_LINE + 2]
    }


def test_all_of_them_are_stopped_as_one_and_none_starts_afterwards(
    app: AppTest, made: Resources, base: Run
) -> None:
    ask_models(app, "sweep", base.id, axes={"rate": "0.1, 0.01, 0.001, 0.0001, 0.3, 0.03"})
    ask_models(app, "stop", *(run.id for run in own(app, made)))
    made.service.start_planned()
    assert {run.state for run in own(app, made)} == {State.STOPPED}


def test_nobody_stops_what_others_have_planned(app: AppTest, made: Resources, base: Run) -> None:
    settings = TrainingSettings()
    planned = made.service.plan("ann", [("hers", settings)] * 6)
    ask_models(app, "stop", *(run.id for run in planned))
    assert len(made.store.planned.waiting()) == 6 - IN_LINE
    assert len(made.store.queue.waiting()) == IN_LINE


def test_who_has_planned_as_many_as_they_may_is_told(
    app: AppTest, made: Resources, base: Run
) -> None:
    visitor = app.session_state["visitor"]
    made.service.plan(visitor, [("mine", TrainingSettings())] * MOST_PLANNED)
    ask_models(app, "repeat", base.id)
    made.service.plan("ann", [("hers", TrainingSettings())])
    ask_models(app, "race", base.id)
    assert "is as many as each visitor may plan" in words(app)
    with pytest.raises(TooManyRuns):
        made.service.plan("bob", [("his", TrainingSettings())] * (MOST_PLANNED + 1))


def test_of_visitors_who_have_gone_nothing_more_is_started(made: Resources) -> None:
    runs = made.service.plan("ann", [("hers", TrainingSettings())] * 6)
    with made.store.engine.begin() as connection:
        connection.exec_driver_sql("update visitors set seen_at = ?", (time.time() - 600,))
    made.store.runs.change(runs[0].id, state=State.FINISHED)
    made.service.start_planned()
    assert len(made.store.queue.waiting()) == IN_LINE - 1
    made.store.runs.change(runs[1].id, state=State.FINISHED)
    made.service.plan("ann", [("another", TrainingSettings(seed=9))])
    assert len(made.store.queue.waiting()) == IN_LINE, "she is back"


def test_a_race_trains_the_same_settings_anew(app: AppTest, made: Resources, base: Run) -> None:
    other = made.store.runs.create("ann", {**base.settings, "optimizer": "sgd"}, "slow")
    taught = made.store.runs.create("ann", {}, "taught", PlannedFineTuning("gone"))
    ask_models(app, "race", base.id, other.id, taught.id, "unknown")
    runs = own(app, made)
    assert [(run.name, run.settings["optimizer"]) for run in runs] == [
        ("base", "adam"),
        ("slow", "sgd"),
    ]
    assert table_of_runs(app)["started"] == [run.id for run in runs]


def test_what_cannot_be_varied_is_said_and_nothing_starts(
    app: AppTest, made: Resources, base: Run
) -> None:
    ask_models(app, "sweep", base.id, axes={"rate": "0.1, *fast*"})
    assert r"not “\*fast\*”" in words(app)
    ask_models(app, "sweep", base.id, axes={"rate": 3})
    ask_models(app, "sweep", base.id, axes={"__proto__": "1, 2"})
    assert "is no setting that can be varied" in words(app)
    assert own(app, made) == []


def test_several_runs_at_once_are_not_started_too_often(
    app: AppTest, made: Resources, base: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = throttle._Limits(RateLimit(Rate(1, 60.0)), RateLimit(Rate(1000, 1.0)))
    monkeypatch.setitem(throttle._limits, Action.PLAN, limits)
    ask_models(app, "race", base.id, base.id)
    ask_models(app, "race", base.id)
    assert "You are fast!" in words(app)
    assert len(own(app, made)) == 1
