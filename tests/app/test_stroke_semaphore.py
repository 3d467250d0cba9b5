"""Strokes that are read one at a time."""

from threading import Timer

import pytest
from sqlalchemy import event
from streamlit.testing.v1 import AppTest

from digits.drawing import prepare
from model_store.artifacts import Artifacts
from model_store.records import LabelledDrawing, Run
from server.metrics import draw_seconds
from server.resources import Resources
from tests.app.conftest import words
from tests.support.draw_page import a_one, drawn, open_draw_page
from trainer.ready_made import install
from ui.draw.stroke_semaphore import stroke_semaphore


@pytest.fixture
def asked_in_a_turn(made: Resources, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the store was asked for while a stroke had everybody's turn."""
    asked = []
    engine = made.store.runs._engine

    def note(*arguments: object) -> None:
        if stroke_semaphore._value == 0:
            asked.append(str(arguments[2]))

    event.listen(engine, "before_cursor_execute", note)
    load = Artifacts.load

    def noted_load(artifacts: Artifacts, run_id: str, reference: str) -> bytes:
        if stroke_semaphore._value == 0:
            asked.append(reference)
        return load(artifacts, run_id, reference)

    monkeypatch.setattr(Artifacts, "load", noted_load)
    return asked


@pytest.mark.parametrize("pressed", ["teach", "forget"])
def test_nobody_waits_for_the_store_in_anothers_turn(
    app: AppTest, made: Resources, finished_run: Run, asked_in_a_turn: list[str], pressed: str
) -> None:
    app.session_state["run"] = finished_run.id
    drawn(app, a_one())
    open_draw_page(app)
    visitor = app.session_state["visitor"]
    made.store.corrections.add(visitor, LabelledDrawing(prepare(a_one()).image.tobytes(), 7))
    app.run()
    app.button(key=pressed).click().run()
    kept = made.store.corrections.of_visitor(visitor)
    assert (len(kept), len(made.store.runs.active())) == {"teach": (1, 1), "forget": (0, 0)}[
        pressed
    ]
    assert asked_in_a_turn == []


def test_weights_that_are_gone_are_not_looked_for_in_a_turn(
    app: AppTest, made: Resources, finished_run: Run, asked_in_a_turn: list[str]
) -> None:
    made.store.artifacts.delete(finished_run.id)
    app.session_state["run"] = finished_run.id
    drawn(app, a_one())
    open_draw_page(app)
    assert "gone from the store" in words(app)
    assert asked_in_a_turn == []


def test_the_time_of_a_stroke_counts_the_wait_for_its_turn(
    app: AppTest, made: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(made.store)
    drawn(app, a_one())
    open_draw_page(app)
    took: list[float] = []
    monkeypatch.setattr(draw_seconds, "observe", took.append)
    stroke_semaphore.acquire()
    Timer(2, stroke_semaphore.release).start()  # the page itself takes some of that before
    app.run()
    assert took[0] >= 0.5
