"""What the table on the Models page asks for: deleted, brought back, named, stopped."""

import pytest
from streamlit.testing.v1 import AppTest

from digits.recipes import NOTEBOOK
from model_store.records import Run, State, StopRequest
from server.resources import Resources
from tests.app.conftest import ask_models, open_models_page, table_of_runs, words
from ui.models.requests import parsed


def test_what_is_deleted_is_gone_at_once_and_can_be_brought_back(
    app: AppTest, made: Resources, visitor: str
) -> None:
    values = NOTEBOOK.model_dump(mode="json")
    runs = [made.store.runs.create(visitor, values, f"number {count}").id for count in range(3)]
    for run_id in runs[:2]:
        made.store.runs.change(run_id, state=State.FINISHED)
    ask_models(app, "delete", *runs)
    assert [row["id"] for row in table_of_runs(app)["rows"]] == runs[2:], "it is in line"
    assert table_of_runs(app)["deleted"]["words"] == "2 networks are deleted."
    assert made.store.runs.get(runs[0]) is None
    ask_models(app, "restore", *table_of_runs(app)["deleted"]["runs"])
    assert {row["id"] for row in table_of_runs(app)["rows"]} == set(runs)
    assert table_of_runs(app)["deleted"] is None
    ask_models(app, "restore", *runs[:2])
    assert "could not be brought back" not in words(app), "a second press on the same button"
    ask_models(app, "delete", runs[0])
    made.store.runs.restore(runs[0], visitor)
    ask_models(app, "restore", runs[0])
    assert "1 network could not be brought back" in words(app)


def test_what_was_deleted_one_time_after_the_other_comes_back_the_last_first(
    app: AppTest, made: Resources, visitor: str
) -> None:
    values = NOTEBOOK.model_dump(mode="json")
    runs = [made.store.runs.create(visitor, values, f"number {count}").id for count in range(4)]
    for run_id in runs:
        made.store.runs.change(run_id, state=State.FINISHED)
    for deleted in (runs[:1], runs[1:3], runs[3:]):
        ask_models(app, "delete", *deleted)
    ask_models(app, "delete", "nobody's")
    for words_of_notice, back in (
        ("“number 3” is deleted, and 3 networks before it.", runs[3:]),
        ("2 networks are deleted, and 1 network before them.", runs[1:3]),
        ("“number 0” is deleted.", runs[:1]),
    ):
        told = table_of_runs(app)["deleted"]
        assert told["words"] == words_of_notice
        assert set(told["runs"]) == set(back)
        ask_models(app, "restore", *told["runs"])
    assert table_of_runs(app)["deleted"] is None
    assert {row["id"] for row in table_of_runs(app)["rows"]} == set(runs)


def test_nobody_does_anything_to_the_runs_of_others(
    app: AppTest, made: Resources, visitor: str
) -> None:
    values = NOTEBOOK.model_dump(mode="json")
    run = made.store.runs.create("ann", values, "hers")
    ask_models(app, "stop", run.id)
    ask_models(app, "rename", run.id, name="mine")
    assert made.store.runs.get(run.id) == run
    made.store.runs.change(run.id, state=State.FINISHED)
    ask_models(app, "delete", run.id)
    assert made.store.runs.get(run.id), "it is there"
    made.store.runs.delete(run.id, "ann")
    ask_models(app, "restore", run.id)
    assert made.store.runs.get(run.id) is None


@pytest.mark.parametrize(
    "sent",
    [
        *(None, 7, "open", [], {}, {"what": ["open"], "runs": []}, {"what": "own", "runs": []}),
        *({"what": "open", "runs": "abc"}, {"what": "open", "runs": [1]}),
        {"what": "rename", "runs": ["a"], "name": 3},
    ],
)
def test_what_the_table_never_sends_is_no_request(sent: object) -> None:
    assert parsed(sent) is None


def test_a_request_is_as_long_as_it_may_be() -> None:
    sent = {"what": "rename", "runs": ["a\x00", "b", "b", *map(str, range(1000))], "name": "x" * 99}
    request = parsed(sent)
    assert request
    assert request.runs[0] == "b"
    assert len(request.runs) == 500
    assert request.name == "x" * 60


def test_a_new_name_is_shown_as_it_was_written(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    open_models_page(app)
    made.store.runs.change(finished_run.id, visitor=app.session_state["visitor"])
    app.run()
    ask_models(app, "rename", finished_run.id, name="  *My* <b>best</b>  ")
    renamed = made.store.runs.get(finished_run.id)
    assert renamed
    assert renamed.name == "*My* <b>best</b>"
    assert table_of_runs(app)["rows"][0]["name"] == "*My* <b>best</b>"
    ask_models(app, "rename", finished_run.id, name="   ")
    assert "*My* <b>best</b>" in words(app)


def test_a_run_that_goes_on_is_live_and_can_be_stopped(
    app: AppTest, made: Resources, visitor: str
) -> None:
    run = made.store.runs.create(visitor, NOTEBOOK.model_dump(mode="json"), "mine")
    made.store.runs.change(run.id, state=State.RUNNING, step=900, total_steps=4220)
    app.run()
    assert "epoch 2 of 5" in words(app)
    (row,) = table_of_runs(app)["rows"]
    assert row["active"]
    assert row["share"] == 900 / 4220
    ask_models(app, "delete", run.id)
    ask_models(app, "stop", run.id)
    stopped = made.store.runs.get(run.id)
    assert stopped
    assert stopped.stop_request == StopRequest.STOP


def test_the_way_out_that_is_named_to_whoever_has_too_many_is_there(
    app: AppTest, made: Resources, visitor: str
) -> None:
    values = NOTEBOOK.model_dump(mode="json")
    runs = [made.store.runs.create(visitor, values, "mine") for _ in range(4)]
    made.store.runs.change(runs[0].id, state=State.FINISHED, step=9, total_steps=9)
    made.store.runs.create(visitor, values, "mine")
    app.query_params["run"] = runs[0].id
    app.switch_page("../pages/train.py").run()
    app.button(key="more_epochs").click().run()
    assert "stop one of them under Models" in words(app)
    assert "Go to Models" in [link.proto.label for link in app.get("page_link")]
    app.switch_page("../pages/models.py").run()
    ask_models(app, "stop", runs[1].id)
    assert made.service.submit(visitor, NOTEBOOK)
