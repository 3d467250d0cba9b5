"""The Models page, without a browser."""

import time
from datetime import UTC
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from digits.challenges import TURNED_SEVEN
from digits.recipes import NOTEBOOK
from digits.settings import TrainingSettings
from digits.words import moment
from model_store.records import PlannedFineTuning, Run, State
from server.resources import Resources
from tests.app.conftest import open_models_page, table_of_runs, words
from ui.models.rows import rows_of
from ui.models.time_zone import visitor_zone


def test_without_runs_it_says_where_to_begin(app: AppTest) -> None:
    open_models_page(app)
    assert "None yet" in words(app)


def test_a_shared_comparison_comes_first_to_whoever_has_no_networks(app: AppTest) -> None:
    app.run().switch_page("../pages/models.py")
    app.query_params["compare"] = "one,another"
    said = words(app.run())
    assert "A comparison shared with you" in said
    assert "None yet" not in said


def test_it_comes_first_to_whoever_has_networks_too_unless_it_is_their_own(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    app.run()
    settings = TrainingSettings().model_dump(mode="json")
    own = made.store.runs.create(app.session_state["visitor"], settings, "mine")
    app.switch_page("../pages/models.py")
    for compared, is_shared in (
        (f"{finished_run.id},{own.id}", True),
        (f"{own.id},ready-made", False),
        (f"{own.id},deleted", False),
    ):
        app.query_params["compare"] = compared
        said = words(app.run())
        assert ("A comparison shared with you" in said) == is_shared
        assert ("Your own stand below it." in said) == is_shared
        assert table_of_runs(app)["shared"] == is_shared


def test_it_lists_own_runs_only(app: AppTest, made: Resources, finished_run: Run) -> None:
    open_models_page(app)
    assert "None yet" in words(app), "the finished run belongs to nobody"
    made.store.runs.change(finished_run.id, visitor=app.session_state["visitor"])
    app.run()
    assert finished_run.name in words(app)
    (row,) = table_of_runs(app)["rows"]
    assert finished_run.test
    assert row["accuracy"] == finished_run.test["accuracy"]
    assert row["interval"][0] < row["accuracy"] < row["interval"][1]
    (epoch,) = made.store.progress.epochs(finished_run.id)
    assert row["validation"] == epoch.validation_accuracy
    assert row["widths"] == [784, 16, 10]
    assert row["parameters"] == 784 * 16 + 16 + 160 + 10


def test_rows_say_what_differs(app: AppTest, made: Resources, visitor: str) -> None:
    for rate, seed in ((0.001, 1), (0.01, 1), (0.01, 2)):
        settings = TrainingSettings(learning_rate=rate, seed=seed)
        made.store.runs.create(visitor, settings.model_dump(mode="json"), "mine")
    app.run()
    told = [row["differs"] for row in table_of_runs(app)["rows"]]
    assert told == ["rate 0.01 · seed 2", "rate 0.01 · seed 1", "rate 0.001 · seed 1"]


def test_what_is_switched_off_is_named_by_the_rows_where_it_is_not(
    app: AppTest, made: Resources, visitor: str
) -> None:
    for changes in ({}, {"augment": 0.8}, {"images_used": 500, "learning_rate": 0.01}):
        settings = TrainingSettings.model_validate(changes)
        made.store.runs.create(visitor, settings.model_dump(mode="json"), "mine")
    app.run()
    told = [row["differs"] for row in table_of_runs(app)["rows"]]
    assert told == ["rate 0.01 · at most 500 images", "rate 0.001 · augmentation 0.8", "rate 0.001"]


def test_a_challenge_is_solved_by_the_best_run_that_keeps_to_it(
    app: AppTest, made: Resources, visitor: str
) -> None:
    assert [each["solution"] for each in table_of_runs(app)["challenges"]] == [None] * 5
    small = TrainingSettings(hidden_layers=(6, 12)).model_dump(mode="json")
    solved = [made.store.runs.create(visitor, small, f"small {count}").id for count in range(2)]
    taught = made.store.runs.create(visitor, small, "taught", PlannedFineTuning("gone")).id
    for run_id, accuracy in zip([*solved, taught], (0.94, 0.95, 0.99), strict=True):
        test = {"accuracy": accuracy, "temperature": 1.0}
        made.store.runs.change(run_id, state=State.FINISHED, test=test, step=9000)
    app.run()
    solutions = [each["solution"] for each in table_of_runs(app)["challenges"]]
    best = {"run": solved[1], "name": "small 1", "accuracy": 0.95}
    assert solutions == [best, None, None, None, None]
    test = {"accuracy": 0.97, "temperature": 1.0, TURNED_SEVEN: 7}
    values = {"augment": 1.0} | TrainingSettings().model_dump(mode="json")
    turned = made.store.runs.create(visitor, values, "turned")
    made.store.runs.change(turned.id, state=State.FINISHED, test=test, step=2110)
    app.run()
    told = table_of_runs(app)["challenges"]
    assert [each["solution"] and each["solution"]["run"] for each in told[3:]] == [None, turned.id]
    assert [bool(each["picture"]) for each in told] == [False] * 4 + [True]


def test_200_runs_are_opened_within_a_second(app: AppTest, made: Resources, visitor: str) -> None:
    for count in range(200):
        settings = TrainingSettings(seed=count).model_dump(mode="json")
        run = made.store.runs.create(visitor, settings, f"number {count}")
        test = {"accuracy": 0.97, "temperature": 1.2}
        made.store.runs.change(run.id, state=State.FINISHED, test=test)
    app.run()
    began = time.thread_time()
    open_run_count = len(rows_of(made.store.runs.of_visitor(visitor), [], {}, UTC)[0])
    assert open_run_count == 200
    assert time.thread_time() - began < 0.5
    assert len(table_of_runs(app)["rows"]) == 200


def test_cards_of_different_networks_read_differently(
    app: AppTest, made: Resources, visitor: str
) -> None:
    for layers in ((), (128, 64)):
        settings = TrainingSettings(hidden_layers=layers)
        made.store.runs.create(visitor, settings.model_dump(mode="json"), "mine")
    app.run()
    said = words(app)
    assert "784-10 · adam" in said
    assert "784-128-64-10, relu · adam" in said
    assert "notebook" not in said


def test_a_card_says_what_its_file_needs(app: AppTest, made: Resources, visitor: str) -> None:
    run = made.store.runs.create(visitor, NOTEBOOK.model_dump(mode="json"), "mine")
    app.run()
    assert "At home: Keras" not in words(app), "there is no file yet"
    made.store.runs.change(
        run.id,
        state=State.FINISHED,
        artifacts={"model.keras": "model-1.keras"},
        test={"accuracy": 0.97, "temperature": 1.2344},
    )
    app.run()
    assert "Keras 3.5 or newer · images 28 by 28, 0 to 1, white on black" in words(app)
    assert "temperature 1.234" in words(app)
    assert f'load_model("digits-mine-{run.id[:6]}.keras")' in app.code[0].value
    assert "temperature = 1.2344" in app.code[0].value


def test_what_is_forgotten_is_said_as_the_operator_has_set_it(
    app: AppTest, made: Resources, visitor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "forgotten 30 days after it was last trained" in words(app)
    assert "when you have 50 newer ones" in words(app)
    monkeypatch.setenv("KEEP_DAYS", "1")
    monkeypatch.setenv("KEEP_RUNS_PER_VISITOR", "2")
    monkeypatch.setenv("KEEP_GIGABYTES", "0.5")
    made.store.runs.create(visitor, NOTEBOOK.model_dump(mode="json"), "first")
    app.run()
    assert "forgotten 1 day after" in words(app)
    assert "more than 0.5 GB" in words(app)
    assert "the oldest is forgotten" not in words(app)
    made.store.runs.create(visitor, NOTEBOOK.model_dump(mode="json"), "second")
    app.run()
    assert "the oldest is forgotten" in words(app)


@pytest.mark.parametrize(
    ("name", "minutes_behind", "clock"),
    [
        ("America/New_York", 300, "23 Nov 2026, 19:00 EST"),
        ("Nowhere/Else", -330, "24 Nov 2026, 05:30 UTC+05:30"),
        ("../../etc/passwd", None, "24 Nov 2026, 00:00 UTC"),
        ("America", None, "24 Nov 2026, 00:00 UTC"),
        (None, None, "24 Nov 2026, 00:00 UTC"),
        (None, 10**9, "24 Nov 2026, 00:00 UTC"),
    ],
)
def test_times_are_those_of_the_visitors_clock(
    name: str | None, minutes_behind: int | None, clock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = SimpleNamespace(timezone=name, timezone_offset=minutes_behind)
    monkeypatch.setattr(st, "context", context)
    assert moment(1_795_478_400, visitor_zone()) == clock


def test_a_lesson_of_an_earlier_version_is_not_said_to_be_still_to_come(
    app: AppTest, made: Resources, visitor: str
) -> None:
    values = NOTEBOOK.model_dump(mode="json")
    run = made.store.runs.create(visitor, values, "mine, taught", PlannedFineTuning("gone"))
    app.run()
    assert "a lesson that was not given yet · 784-128-64-10" in words(app)
    made.store.runs.change(run.id, state=State.FINISHED)
    app.run()
    assert "not given yet" not in words(app)
    assert "taught by an earlier version" in words(app)
