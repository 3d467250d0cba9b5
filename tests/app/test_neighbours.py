"""What the server tells of the training images that are nearest to a drawing."""

import base64
from collections.abc import Iterator

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from digits.dataset import load_mnist
from digits.drawing import prepare
from digits.neighbours import last_hidden
from model_store.records import Run
from server.rate_limits import Rate, RateLimit
from server.resources import Resources, weights_of
from tests.app.conftest import answer
from tests.app.test_inside import with_weights
from tests.support.draw_page import a_one, drawn, open_draw_page
from trainer.bounded_cache import BoundedCache
from trainer.ready_made import READY_MADE, install
from ui.draw import neighbours as sent
from ui.routes import routes

IMAGE = prepare(a_one()).image


@pytest.fixture
def browser(made: Resources) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=routes), raise_server_exceptions=False) as client:
        yield client


def asked(browser: TestClient, run_id: str, image: bytes = IMAGE.tobytes()):
    packed = base64.b64encode(image).decode()
    return browser.get(f"/neighbours/{run_id}", params={"image": packed})


def test_they_are_the_nearest_of_all_training_images(
    browser: TestClient, made: Resources, finished_run: Run
) -> None:
    told = asked(browser, finished_run.id).json()
    mnist = load_mnist(made.config.mnist_folder)
    weights = weights_of(finished_run)
    known, wanted = (last_hidden(weights, "relu", it) for it in (mnist.train_images, IMAGE))
    distances = np.linalg.norm(known - wanted, axis=1)
    nearest = np.argsort(distances, kind="stable")[:10]
    images = np.frombuffer(base64.b64decode(told["images"]), np.uint8).reshape(10, 28, 28)
    assert np.array_equal(images, mnist.train_images[nearest])
    assert told["labels"] == mnist.train_labels[nearest].tolist()
    assert told["asked"] == told["all"] == 60_000


def test_of_a_wide_layer_as_many_are_compared_as_there_is_room_for(
    browser: TestClient, finished_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sent, "MOST_BYTES_A_NETWORK", 16 * 2 * 1700)
    monkeypatch.setattr(sent, "_known", BoundedCache(sent.MOST_BYTES, lambda known: known.nbytes))
    told = asked(browser, finished_run.id).json()
    assert (told["asked"], told["all"]) == (1700, 60_000)


def test_what_is_computed_is_kept(
    browser: TestClient, finished_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = asked(browser, finished_run.id).json()
    monkeypatch.setattr(sent, "_computed", lambda network: pytest.fail("computed again"))
    assert asked(browser, finished_run.id).json() == first
    assert 0 < sent._known.bytes_kept <= sent.MOST_BYTES


def test_what_cannot_be_answered_has_a_sentence(
    browser: TestClient, made: Resources, finished_run: Run
) -> None:
    for image in (b"", bytes(783), bytes(785)):
        assert "784 pixels" in asked(browser, finished_run.id, image).text
    assert browser.get(f"/neighbours/{finished_run.id}?image=%00é").status_code == 404
    assert "deleted" in asked(browser, "nothing").text
    weights = [array * np.float32("nan") for array in weights_of(finished_run)]
    ran_away = with_weights(made, finished_run, weights)
    assert asked(browser, ran_away.id).text == sent.NO_NUMBERS


def test_who_asks_too_often_has_to_wait(
    browser: TestClient, finished_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sent._guard, "of_viewer", RateLimit(Rate(2, 60)))
    assert [asked(browser, finished_run.id).status_code for _ in range(3)] == [200, 200, 429]


def test_each_answer_offers_them(app: AppTest, made: Resources) -> None:
    install(made.store)
    drawn(app, a_one())
    open_draw_page(app)
    assert answer(app)["neighbours"]["address"] == f"/neighbours/{READY_MADE}"
