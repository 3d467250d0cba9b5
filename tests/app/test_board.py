"""What is published: only what the server has measured of a run of one's own."""

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from digits.settings import TrainingSettings
from model_store.records import BoardEntry, PlannedFineTuning, Points, State, StoredProgress
from server.rate_limits import Rate, RateLimit
from server.resources import Resources
from tests.app.conftest import ask_models, table_of_runs, words
from ui.models.pseudonyms import names_offered
from ui.shared import throttle
from ui.shared.throttle import Action

SMALL = TrainingSettings(hidden_layers=(6, 12))


@pytest.fixture
def visitor(app: AppTest) -> str:
    app.run().switch_page("../pages/models.py").run()
    return str(app.session_state["visitor"])


def put_run(made: Resources, visitor: str, accuracy: float, **values: Any) -> str:
    """A run that has ended, with this accuracy on the test images."""
    settings = SMALL.model_dump(mode="json")
    run = made.store.runs.create(visitor, settings, "mine")
    ended = {"state": State.FINISHED, "test": {"accuracy": accuracy}, "step": 9000} | values
    made.store.runs.change(run.id, **ended)
    return run.id


def small(app: AppTest) -> dict[str, Any]:
    """The board of the first challenge, as the page hands it to the browser."""
    (found,) = [each for each in table_of_runs(app)["challenges"] if each["name"] == "Small"]
    board: dict[str, Any] = found["board"]
    return board


def test_a_solution_is_published_replaced_and_withdrawn(
    app: AppTest, made: Resources, visitor: str
) -> None:
    first = put_run(made, visitor, 0.94)
    name = names_offered(visitor)[1]
    assert small(app.run()) == {
        "entries": [],
        "own": None,
        "candidate": first,
        "names": names_offered(visitor),
    }
    ask_models(app, "publish", first, challenge="Small", name=name)
    others = BoardEntry("Small", "ann", "Calm Otter", SMALL.model_dump(mode="json"), 9, 0.95, 1.0)
    made.store.board.publish(others)
    told = small(app.run())
    assert [(each["name"], each["accuracy"], each["own"]) for each in told["entries"]] == [
        ("Calm Otter", 0.95, False),
        (name, 0.94, True),
    ]
    assert TrainingSettings.from_query(told["entries"][1]["query"]) == (SMALL, [])
    assert "ann" not in str(table_of_runs(app)["challenges"]), "nobody is told who others are"
    assert (told["own"], told["candidate"], told["names"]) == (0.94, None, [name])

    better = put_run(made, visitor, 0.96)
    assert small(app.run())["candidate"] == better
    ask_models(app, "publish", better, challenge="Small", name=name)
    assert [each["accuracy"] for each in small(app)["entries"]] == [0.96, 0.95]
    ask_models(app, "withdraw", challenge="Small")
    assert [each["own"] for each in small(app)["entries"]] == [False]


def test_nothing_is_published_but_what_the_server_knows_to_be_so(
    app: AppTest, made: Resources, visitor: str
) -> None:
    (name, *_) = names_offered(visitor)
    run = put_run(made, visitor, 0.94)
    ask_models(app, "publish", run, challenge="Small", name="Free Text")
    ask_models(app, "publish", run, challenge="No such", name=name)
    ask_models(app, "publish", run, challenge="Few", name=name)
    assert "Only a finished run that solves the challenge" in words(app)
    for refused in (
        put_run(made, "ann", 0.99),
        put_run(made, visitor, 0.9),
        put_run(made, visitor, 0.99, state=State.STOPPED),
        put_run(made, visitor, 0.99, changes=[{"step": 3, "learning_rate": 0.1}]),
        put_run(made, visitor, 0.99, fine_tuning=PlannedFineTuning("gone")),
        "unknown",
    ):
        ask_models(app, "publish", refused, challenge="Small", name=name, accuracy=1.0)
    assert made.store.board.best("Small", 10) == made.store.board.best("Few", 10) == []
    ask_models(app, "publish", run, challenge="Small", name=name)
    assert len(made.store.board.best("Small", 10)) == 1


@pytest.mark.parametrize(("epochs_at_first", "is_published"), [(4, True), (2, False)])
def test_a_run_that_got_more_epochs_is_not_what_its_settings_repeat(
    app: AppTest, made: Resources, visitor: str, epochs_at_first: int, is_published: bool
) -> None:
    settings = SMALL.model_copy(update={"schedule": "cosine", "epochs": 4})
    run = put_run(made, visitor, 0.94, settings=settings.model_dump(mode="json"), step=4000)
    steps = np.arange(1, 4001, dtype=np.int32)
    first = steps[: 1000 * epochs_at_first]
    rates = [settings.rate_at(step / len(first)) for step in first]
    rates += [settings.rate_at(step / 4000) for step in steps[len(first) :]]
    points = Points(steps, {"learning_rate": np.array(rates, np.float32)})
    made.store.progress.append(run, "", StoredProgress(points, []))
    ask_models(app, "publish", run, challenge="Small", name=names_offered(visitor)[0])
    assert bool(made.store.board.best("Small", 1)) == is_published
    assert ("its settings alone do not repeat it" in words(app)) != is_published


def test_nobody_withdraws_what_others_have_published_and_nobody_publishes_too_often(
    app: AppTest, made: Resources, visitor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.store.board.publish(BoardEntry("Small", "ann", "Calm Otter", {}, 9, 0.95, 1.0))
    ask_models(app, "withdraw", challenge="Small")
    assert len(made.store.board.best("Small", 10)) == 1
    assert small(app)["entries"] == [], "that entry does not solve the challenge as it is now"
    limits = throttle._Limits(RateLimit(Rate(1, 60.0)), RateLimit(Rate(1000, 1.0)))
    monkeypatch.setitem(throttle._limits, Action.PUBLISH, limits)
    (name, *_) = names_offered(visitor)
    for accuracy in (0.94, 0.95):
        run = put_run(made, visitor, accuracy)
        ask_models(app, "publish", run, challenge="Small", name=name)
    assert "please publish again in" in words(app)
    assert made.store.board.of_visitor(visitor)["Small"].accuracy == 0.94
