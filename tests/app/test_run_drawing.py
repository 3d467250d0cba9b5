"""The drawing that travels with a run, on the pages, without a browser."""

import base64
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from digits.drawing import prepare
from digits.settings import TrainingSettings
from model_store.records import INITIAL_WEIGHTS, Run, State
from server.resources import Resources
from tests.app.conftest import component_data, words
from tests.support.draw_page import a_one, drawn, open_draw_page
from trainer import run_executor
from trainer.drawing_log import epoch_file
from trainer.ready_made import install
from ui.routes import routes
from ui.shared.in_page.weights import weights_address
from ui.shared.run_updates import marks_of


def test_what_was_drawn_travels_with_the_next_run(app: AppTest, made: Resources) -> None:
    install(made.store)
    assert "follow_drawing" not in {box.key for box in app.run().checkbox}
    drawn(app, a_one())
    open_draw_page(app)
    app.switch_page("../pages/train.py").run()
    assert "The network does not learn from it." in words(app)
    assert "Nobody else sees it unless you share the run's link." in words(app)
    # Streamlit's question mark would stand within the label, where a tap on it ticks the box.
    assert not [box.label for box in [*app.checkbox, *app.toggle] if box.help]
    app.button(key="train").click().run()
    (run,) = made.store.runs.active()
    assert run.drawing == prepare(a_one()).image.tobytes()


def test_a_visitor_may_leave_it_at_home(app: AppTest, made: Resources) -> None:
    install(made.store)
    drawn(app, a_one())
    open_draw_page(app)
    app.switch_page("../pages/train.py").run()
    app.checkbox(key="follow_drawing").uncheck().run()
    app.button(key="train").click().run()
    (run,) = made.store.runs.active()
    assert run.drawing is None


@pytest.fixture
def followed(made: Resources, small_mnist, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run of Ann's that was trained with an image of MNIST as her drawing."""
    monkeypatch.setattr(run_executor, "dataset", lambda folder: small_mnist)
    settings = TrainingSettings(hidden_layers=(16,), epochs=1, batch_size=32)
    run = made.service.submit("ann", settings, small_mnist.test_images[0].tobytes())
    run_executor.execute_next("ticket", made.config)
    found = made.store.runs.get(run.id)
    assert found
    return found


def figures(app: AppTest) -> dict[str, Any]:
    shown = [data for data in component_data(app) if isinstance(data, dict) and "figure" in data]
    return {data.get("name", "drawing"): data["figure"] for data in shown}


def marks(app: AppTest) -> list[str]:
    names = [trace["name"] for trace in figures(app)["loss"]["data"]]
    return [name for name in names if name.startswith("drawing")]


def test_the_owner_says_what_it_is_and_right_is_told_from_wrong(
    app: AppTest, made: Resources, followed: Run, small_mnist
) -> None:
    app.session_state["visitor"] = "ann"
    app.session_state["run"] = followed.id
    app.run()
    assert "The moment it got it" in words(app)
    assert marks(app) == ["drawing: first read as now", "drawing: last change"]
    assert "Star: the drawing is first read as it is now" in words(app)
    label = int(small_mnist.test_labels[0])
    app.button_group(key=f"drawing_label_{followed.id}").set_value(label).run()
    found = made.store.runs.get(followed.id)
    assert found
    assert found.drawing_label == label
    assert marks(app) == ["drawing: first right", "drawing: right since", "drawing: wrong since"]
    loss = figures(app)["loss"]["data"]
    symbols = [trace["marker"]["symbol"] for trace in loss if trace["name"] in marks(app)]
    assert symbols == ["star", "square", "x"], "told apart at a glance, also without colours"


def test_the_network_is_shown_as_it_was_after_the_epoch(
    app: AppTest, followed: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digits.course.TRAINING_IMAGES", 4000)  # as many as it has learned from
    app.session_state["visitor"] = "ann"
    app.session_state["run"] = followed.id
    app.run()
    assert network(app)["weights"] == weights_address(followed, epoch_file(1))
    with TestClient(Starlette(routes=routes)) as browser:
        assert len(browser.get(network(app)["weights"]).content) == 4 * (785 * 16 + 17 * 10)
    app.slider(key="drawing_epoch_1").set_value(0).run()
    assert network(app)["weights"] == weights_address(followed, INITIAL_WEIGHTS)
    assert "After 0 epochs it reads" in words(app)


def network(app: AppTest) -> dict[str, Any]:
    (shown,) = [data for data in component_data(app) if isinstance(data, dict) and "widths" in data]
    assert base64.b64decode(shown["images"])
    return shown


def test_others_see_it_and_cannot_name_it(app: AppTest, followed: Run) -> None:
    app.session_state["visitor"] = "bob"
    app.session_state["run"] = followed.id
    app.run()
    assert "The moment it got it" in words(app)
    assert not app.get("button_group")


@pytest.mark.parametrize(
    ("last", "state", "said"),
    [
        (
            900,
            State.FINISHED,
            "It settled late, if at all: the answer changed 20 times, the last time",
        ),
        (
            900,
            State.RUNNING,
            "It has not settled yet: the answer has changed 20 times, the last time",
        ),
        (600, State.FINISHED, "At first it was read as a 9, 14 changes later, from epoch"),
    ],
)
def test_an_answer_that_goes_to_and_fro_until_the_end_has_no_moment(
    app: AppTest, made: Resources, followed: Run, last: int, state: State, said: str
) -> None:
    steps = range(0, last + 1, last // 20)
    changes = [[step, 9 if index % 2 == 0 else 7, 0.5] for index, step in enumerate(steps)]
    made.store.runs.change(followed.id, state=state, step=1000, drawing_changes=changes)
    app.session_state["visitor"] = "ann"
    app.session_state["run"] = followed.id
    app.run()
    assert said in words(app)
    assert ("The moment it got it" in words(app)) == (last == 600)


def test_a_drawing_that_is_read_wrongly_at_the_end_has_no_moment(
    app: AppTest, made: Resources, followed: Run
) -> None:
    made.store.runs.change(followed.id, drawing_changes=[[0, 3, None]], drawing_label=7)
    app.session_state["visitor"] = "ann"
    app.session_state["run"] = followed.id
    app.run()
    assert "What it read while it learned" in words(app)
    assert "The moment it got it" not in words(app)


@pytest.mark.parametrize(
    ("answers", "label", "marked"),
    [
        ([3], 7, {}),
        ([3, 7], 7, {1: "read_first"}),
        ([3, 7, 1, 7], 7, {1: "read_first", 3: "read_last"}),
        ([3, 7, 1], 7, {1: "read_first", 2: "read_wrong"}),
        ([3, 1], 7, {1: "read_wrong"}),
        ([7, 1, 7], 7, {2: "read_last"}),  # by chance, before it had learned anything
        ([3, 7, 1, 7, 1], None, {2: "read_first", 4: "read_last"}),
        ([3, 7] * 150, 7, {1: "read_first"}),  # whatever came later was not noted
    ],
)
def test_of_all_changes_the_first_right_answer_and_the_last_one_are_marked(
    answers: list[int], label: int | None, marked: dict[int, str]
) -> None:
    epoch = TrainingSettings().steps_per_mnist_epoch
    changes: list[list[Any]] = [[epoch * at // 100, digit, at] for at, digit in enumerate(answers)]
    known: dict[str, Any] = {"drawing_changes": changes, "drawing_label": label}
    marks = marks_of(Run("id", "ann", "it", 0.0, State.FINISHED, {}, **known))
    assert marks["x"] == pytest.approx([at / 100 for at in marked], abs=2e-3)
    assert marks["series"] == {
        name: [at if of == name else None for at, of in marked.items()]
        for name in ("read_first", "read_last", "read_wrong")
    }
