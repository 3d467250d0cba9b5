"""The Draw page, without a browser: a drawing is put where the canvas would put it."""

import base64
import io

import numpy as np
from PIL import Image
from streamlit.testing.v1 import AppTest

from digits.settings import TrainingSettings
from model_store.records import Run
from tests.app.conftest import words
from trainer import carrying
from trainer.service import READY_MADE
from ui.resources import Resources


def drawn(app: AppTest, pixels: np.ndarray) -> None:
    """Put a picture onto the canvas."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    data = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    app.session_state["canvas_0"] = {"drawing": {"raw": {"objects": []}, "data": data}}


def a_one() -> np.ndarray:
    pixels = np.full((320, 320, 4), (16, 22, 29, 255), np.uint8)
    pixels[60:260, 150:170] = 255
    return pixels


def open_draw_page(app: AppTest) -> AppTest:
    return app.run().switch_page("../pages/draw.py").run()


def test_a_blank_canvas_says_what_to_do(app: AppTest, finished_run: Run) -> None:
    open_draw_page(app)
    assert "Nothing drawn yet" in words(app)


def test_before_any_network_is_ready_the_page_says_so(app: AppTest, made: Resources) -> None:
    open_draw_page(app)
    assert "still being trained" in words(app)


def test_a_drawing_is_read_by_the_run_in_view(app: AppTest, finished_run: Run) -> None:
    app.session_state["run"] = finished_run.id
    drawn(app, a_one())
    open_draw_page(app)
    assert finished_run.name in words(app)
    assert "sure of it" in words(app)
    assert any(str(part.value) in "0123456789" for part in app.markdown if part.value)


def test_the_ready_made_network_reads_and_is_named(
    app: AppTest, made: Resources, small_mnist, monkeypatch
) -> None:
    monkeypatch.setattr(carrying, "dataset", lambda folder: small_mnist)
    settings = TrainingSettings(hidden_layers=(16,), epochs=1, batch_size=32)
    made.service.submit("", settings, READY_MADE)
    carrying.carry_out_next("ticket", made.place)
    drawn(app, a_one())
    open_draw_page(app)
    assert "ready-made network" in words(app)
    assert "sure of it" in words(app)


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
