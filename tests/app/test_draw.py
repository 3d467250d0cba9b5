"""The Draw page, without a browser: a drawing is put where the canvas would put it."""

import json
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import ui.draw.prediction_component
import ui.draw.tools
from digits.drawing import prepare
from digits.strokes import Stroke
from model_store.records import LabelledDrawing, PlannedFineTuning, Run, State
from server.resources import Resources
from tests.app.conftest import answer, words
from tests.support.draw_page import a_one, drawn, open_draw_page
from trainer import run_executor
from trainer.ready_made import install

CANVASES = 3  # that take turns


def test_a_blank_canvas_says_what_to_do(app: AppTest, made: Resources) -> None:
    install(made.store)
    open_draw_page(app)
    assert "Nothing drawn yet" in words(app)


def test_fifty_clears_need_a_few_canvases_and_the_browser_tells_them_apart(
    app: AppTest, made: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: dict[str, str] = {}
    open_draw_page(app)
    canvas = sys.modules["ui.draw.canvas"]  # which only a running app can import
    show = canvas.st_canvas

    def noting(**options: Any) -> Any:
        shown[json.dumps(options["initial_drawing"])] = options["key"]
        return show(**options)

    monkeypatch.setattr(canvas, "st_canvas", noting)
    for _ in range(50):
        app.button(key="clear").click().run()
    assert len(shown) == 50
    assert len(set(shown.values())) == CANVASES


def test_a_canvas_that_comes_again_knows_nothing_of_its_drawing_nor_of_a_late_one(
    app: AppTest, made: Resources
) -> None:
    install(made.store)
    drawn(app, a_one())
    open_draw_page(app)
    assert "sure" in words(app)
    app.button(key="clear").click().run()
    drawn(app, a_one())  # a message that was on its way when Clear was pressed
    app.run()
    for _ in range(CANVASES):
        assert "Nothing drawn yet" in words(app)
        app.button(key="clear").click().run()


def test_a_drawing_that_was_put_back_is_not_there_when_its_canvas_comes_again(
    app: AppTest, finished_run: Run
) -> None:
    app.session_state["run"] = finished_run.id
    app.session_state["strokes"] = [Stroke(18.0, [("M", 160, 60), ("L", 160, 260)])]
    open_draw_page(app)
    assert "sure" in words(app)
    for _ in range(2 * CANVASES):
        app.button(key="clear").click().run()
        assert "Nothing drawn yet" in words(app)
        assert "put_back" not in app.session_state


def test_without_any_network_the_page_says_so(app: AppTest, made: Resources) -> None:
    open_draw_page(app)
    assert "not here yet" in words(app)


def test_no_answer_is_wholly_sure(
    app: AppTest, finished_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares = np.full((2, 10), 1e-5)
    shares[:, 7] = 1 - shares[0, 0] * 9
    monkeypatch.setattr("ui.draw.prediction.calibrated", lambda *_: shares)
    app.session_state["run"] = finished_run.id
    drawn(app, a_one())
    open_draw_page(app)
    assert answer(app)["words"].startswith("It reads a 7 and is over 99.9% sure")


def test_a_dot_is_doubted_with_the_shares_still_shown(app: AppTest, made: Resources) -> None:
    install(made.store)
    pixels = np.full((320, 320, 4), (16, 22, 29, 255), np.uint8)
    pixels[150:168, 150:168] = 255
    drawn(app, pixels)
    open_draw_page(app)
    assert "This looks like a dot" in words(app)
    assert "sure" in words(app)


def test_both_ways_are_shown(app: AppTest, made: Resources) -> None:
    install(made.store)
    drawn(app, a_one())
    open_draw_page(app)
    assert "Prepared as MNIST was, it reads 1" in words(app)
    assert "it would read" in words(app)


def test_a_drawing_can_be_read_as_it_is_squeezed(app: AppTest, made: Resources) -> None:
    install(made.store)
    drawn(app, a_one())
    open_draw_page(app)
    prepared = answer(app)
    app.session_state["prepared"] = False
    app.run()
    squeezed = answer(app)
    assert squeezed["compared"] == prepared["compared"], "both ways are said"
    assert squeezed["shares"] != prepared["shares"]
    assert (prepared["prepared"], squeezed["prepared"]) == (True, False)
    assert prepared["image"] == squeezed["image"], "it is the same drawing"


class SessionState(dict[str, object]):
    """Streamlit's session state, as far as components use it."""

    __setattr__ = dict.__setitem__


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Callable[[object], SessionState]:
    """Have the browser send a state of the answer; returns the session's state."""
    state = SessionState()
    monkeypatch.setattr(st, "session_state", state)

    def send(value: object) -> SessionState:
        state["answer"] = value
        return state

    return send


def test_switches_take_nothing_but_off(sent: Callable[[object], SessionState]) -> None:
    assert ui.draw.prediction_component.switches() == (True, True)
    for value, expected in (
        ({"prepared": False}, False),
        ({"prepared": True}, True),
        ({"prepared": [0]}, True),
        ([1], True),
        (None, True),
    ):
        sent(value)
        ui.draw.prediction_component._remember("prepared")
        assert ui.draw.prediction_component.switches() == (expected, True)


def test_only_a_brush_that_there_is_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    state = SessionState()
    monkeypatch.setattr(st, "session_state", state)
    value: object
    for value in ("thick", "wide", ["thin"], 30, None, {}):
        state["canvas_tools"] = {"brush": value}
        ui.draw.tools._take_brush()
        assert ui.draw.tools.brush() == "thick"
    state["canvas_tools"] = ["thin"]
    ui.draw.tools._take_brush()
    assert ui.draw.tools.brush() == "thick"


def test_only_a_digit_of_this_drawing_is_taken(
    sent: Callable[[object], SessionState],
) -> None:
    taken: list[int] = []

    def press(value: object) -> list[int]:
        sent({"correction": value})
        ui.draw.prediction_component._pass_on("this", taken.append)
        return taken

    for digit in (10, -1, True, 7.0, "7", None, [7]):
        assert press({"image": "this", "digit": digit}) == []
    assert press({"image": "another", "digit": 7}) == []
    assert press(7) == press([7]) == press({}) == []
    assert press({"image": "this", "digit": 7}) == [7]
    assert press({"image": "this", "digit": 1}) == [7, 1]


def test_corrections_are_taught_to_a_copy(app: AppTest, made: Resources, finished_run: Run) -> None:
    app.session_state["run"] = finished_run.id
    drawn(app, a_one())
    open_draw_page(app)
    visitor = app.session_state["visitor"]
    image = prepare(a_one()).image
    made.store.corrections.add(visitor, LabelledDrawing(image.tobytes(), 7))
    app.run()
    assert "You have named 1 drawing: 7." in words(app)
    app.button(key="teach").click().run()
    (taught,) = made.store.runs.active()
    assert f"Your network **{taught.name}** waits for its lesson. Until then" in words(app)
    assert {"stop", "forget"} <= {button.key for button in app.button}, "and not taught twice"
    assert "teach" not in {button.key for button in app.button}
    assert taught.visitor == visitor
    assert taught.fine_tuning == PlannedFineTuning(finished_run.id)
    run_executor.execute_next("teaching", made.config)
    app.run()
    assert made.store.runs.get(finished_run.id) == finished_run, "nobody else's network changes"
    assert any("drawing it was taught" in metric.label for metric in app.metric)


@pytest.mark.parametrize("state", [State.STOPPED, State.PAUSED, State.FAILED, State.FINISHED])
def test_a_lesson_that_was_not_given_leaves_the_network_as_it_was(
    app: AppTest, made: Resources, finished_run: Run, state: State
) -> None:
    """Also one that an older version has given without keeping figures of it."""
    lesson = made.store.runs.create(
        "ann", finished_run.settings, "other", PlannedFineTuning(finished_run.id)
    )
    made.store.runs.change(lesson.id, state=state)
    app.session_state["run"] = lesson.id
    drawn(app, a_one())
    open_draw_page(app)
    assert finished_run.name in words(app)
    assert answer(app)["digit"] in "0123456789"


def test_a_test_image_can_be_picked_with_the_keyboard(app: AppTest, made: Resources) -> None:
    install(made.store)
    open_draw_page(app)
    app.toggle(key="pick").set_value(True).run()
    app.number_input(key="picked").set_value(2).run()
    assert "sure" in words(app)


def test_a_picture_that_is_none_is_survived(app: AppTest, finished_run: Run) -> None:
    app.session_state["run"] = finished_run.id
    for data in ("data:image/png;base64,AAAA", "nonsense", 7):
        app.session_state["canvas_0"] = {"drawing": {"raw": {}, "data": data}}
        open_draw_page(app)
        assert "did not arrive" in words(app)


def test_deleted_weights_are_said(app: AppTest, made: Resources, finished_run: Run) -> None:
    made.store.artifacts.delete(finished_run.id)
    app.session_state["run"] = finished_run.id
    drawn(app, a_one())
    open_draw_page(app)
    assert "gone from the store" in words(app)


ONE = Stroke(18.0, [("M", 160.0, 60.0), ("L", 160.0, 260.0)])


def look_at_models(app: AppTest) -> None:
    """Leave the Draw page, and come back."""
    app.switch_page("../pages/models.py").run()
    app.switch_page("../pages/draw.py").run()


def test_drawing_and_brush_survive_a_look_at_another_page(app: AppTest, made: Resources) -> None:
    install(made.store)
    drawn(app, a_one(), ONE)
    open_draw_page(app)
    app.session_state["brush"] = "thick"
    app.run()
    look_at_models(app)
    assert answer(app)["digit"] == "1"
    assert app.session_state["brush"] == "thick"
    look_at_models(app)
    assert answer(app)["digit"] == "1"
    app.button(key="clear").click().run()
    assert "Nothing drawn yet" in words(app)
    look_at_models(app)
    assert "Nothing drawn yet" in words(app)
    assert app.session_state["brush"] == "thick"


@pytest.mark.parametrize("shade", [255, 0])
def test_where_the_picture_is_kept_from_us_the_strokes_are_read(
    app: AppTest, made: Resources, shade: int
) -> None:
    install(made.store)
    drawn(app, np.full((320, 320, 4), shade, np.uint8), ONE)
    open_draw_page(app)
    assert answer(app)["digit"] == "1"
