"""The Inside page and what it asks for, without a browser."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from digits.inference import digit_probabilities
from model_store.records import Run, State
from server.rate_limits import Rate, RateLimit
from server.resources import Resources, example_digits, weights_of
from tests.app.conftest import asked_for, component_data, words
from trainer.checkpoints import packed_weights
from trainer.ready_made import READY_MADE, install
from ui.inside import answers as sent
from ui.inside import views
from ui.inside.answers import answers_address
from ui.routes import routes
from ui.shared import test_set
from ui.shared.in_page import test_images as sent_images
from ui.shared.in_page.test_images import address_of_test_images
from ui.shared.in_page.weights import MOST_PARAMETERS


@pytest.fixture
def browser(made: Resources) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=routes), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def page(app: AppTest, made: Resources) -> AppTest:
    """The page of a new visitor, in an app that has the ready-made network."""
    install(made.store)
    return app.run().switch_page("../pages/inside.py").run()


def offer(page: AppTest) -> dict[str, Any]:
    """What the views are told of the network; empty if there are none."""
    told = [data for data in component_data(page) if isinstance(data, dict) and "images" in data]
    return told[0]["network"] if told else {}


def address_of(run: Run) -> str:
    address = answers_address(run)
    assert address
    return address


def with_weights(made: Resources, run: Run, weights: list[np.ndarray]) -> Run:
    reference = made.store.artifacts.save(run.id, "checkpoint.npz", packed_weights(weights))
    made.store.runs.change(run.id, artifacts={**run.artifacts, "checkpoint.npz": reference})
    changed = made.store.runs.get(run.id)
    assert changed
    return changed


def test_newcomers_look_into_the_ready_made_network(page: AppTest) -> None:
    assert "The **ready-made network**, 784-1024-384-10" in words(page)
    assert offer(page)["run"] == READY_MADE
    assert offer(page)["widths"] == [784, 1024, 384, 10]


def test_the_run_in_view_is_looked_into(page: AppTest, finished_run: Run) -> None:
    page.session_state["run"] = finished_run.id
    page.run()
    assert f"Somebody's network **{finished_run.name}**" in words(page)
    assert offer(page)["answers"] == address_of(finished_run)


def test_one_chooses_on_the_page_what_is_looked_into(
    page: AppTest, made: Resources, finished_run: Run
) -> None:
    assert not page.selectbox, "a newcomer has nothing to choose"
    assert [link.proto.label for link in page.get("page_link")][-1].startswith("Train one")
    made.store.runs.change(finished_run.id, visitor=page.session_state["visitor"])
    still_training = made.store.runs.create(page.session_state["visitor"], {}, "not yet")
    page.run()
    names = [each.partition(" · ")[0] for each in page.selectbox(key="looked_into").options]
    assert names == ["Ready-made network", finished_run.name], f"not {still_training.name}"
    assert offer(page)["run"] == finished_run.id, "the newest, unasked"
    page.selectbox(key="looked_into").set_value(READY_MADE).run()
    page.selectbox(key="looked_into").set_value(finished_run.id).run()
    assert f"Your network **{finished_run.name}**" in words(page)
    assert offer(page)["run"] == finished_run.id
    assert asked_for(page)["run"] == finished_run.id
    page.selectbox(key="looked_into").set_value(READY_MADE).run()
    assert offer(page)["run"] == READY_MADE


def test_a_run_that_trains_is_not_tested_before_its_end(
    page: AppTest, made: Resources, finished_run: Run
) -> None:
    made.store.runs.change(finished_run.id, state=State.RUNNING, test=None)
    page.session_state["run"] = finished_run.id
    page.run()
    assert f"**{finished_run.name}** has not finished training" in words(page)
    assert offer(page)["run"] == READY_MADE


def test_the_newest_that_has_finished_stands_in_for_one_that_trains(
    page: AppTest, made: Resources, finished_run: Run
) -> None:
    visitor = page.session_state["visitor"]
    made.store.runs.change(finished_run.id, visitor=visitor)
    training = made.store.runs.create(visitor, finished_run.settings, "not yet")
    page.session_state["run"] = training.id
    page.run()
    said = f"can be taken apart once it has. Here is **{finished_run.name}** instead."
    assert said in words(page)
    assert offer(page)["run"] == finished_run.id
    assert page.selectbox(key="looked_into").value == finished_run.id, "the list says the same"
    done = {"state": State.FINISHED, "artifacts": finished_run.artifacts, "test": finished_run.test}
    made.store.runs.change(training.id, **done)
    assert "has finished, and is the one that is shown now" in words(page.run())
    assert "is the one that is shown now" not in words(page.run())


def test_a_run_without_weights_is_said_and_the_ready_made_one_shown(
    page: AppTest, made: Resources, finished_run: Run
) -> None:
    made.store.runs.change(
        finished_run.id, state=State.FAILED, artifacts={}, failure="The disk was full."
    )
    page.session_state["run"] = finished_run.id
    page.run()
    assert "no weights to look at: The disk was full." in words(page)
    assert offer(page)["run"] == READY_MADE


def test_a_run_that_was_deleted_meanwhile_is_said(
    page: AppTest, made: Resources, finished_run: Run
) -> None:
    page.session_state["run"] = finished_run.id
    page.run()
    made.store.runs.delete(finished_run.id, "nobody")
    page.query_params.clear()
    page.run()
    assert "has been deleted" in words(page)
    assert offer(page)["run"] == READY_MADE


def test_a_network_over_the_size_of_the_page_is_offered_without_its_weights(
    page: AppTest, made: Resources, finished_run: Run
) -> None:
    assert offer(page)["weights"]
    settings = {**finished_run.settings, "hidden_layers": [1024] * 3}
    made.store.runs.change(finished_run.id, settings=settings)
    page.session_state["run"] = finished_run.id
    page.run()
    told = offer(page)
    assert (told["weights"], told["initial"]) == (None, None)
    assert told["parameters"] > told["mostParameters"] == MOST_PARAMETERS


def test_without_any_network_or_test_images_that_is_said(
    app: AppTest, made: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.run().switch_page("../pages/inside.py").run()
    assert "The ready-made network is not here yet" in words(app)
    install(made.store)
    monkeypatch.setattr(views, "address_of_test_images", lambda: None)
    assert "The test images are not on this server yet" in words(app.run())
    assert not offer(app)


def test_the_answers_are_those_of_the_network(browser: TestClient, finished_run: Run) -> None:
    answer = browser.get(address_of(finished_run))
    assert answer.status_code == 200
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cache-control"].startswith("private")
    digits = example_digits()
    assert digits
    images, labels = digits
    expected = digit_probabilities(weights_of(finished_run), "relu", images).argmax(axis=1)
    told = answer.json()
    answers = np.frombuffer(base64.b64decode(told["answers"]), np.uint8)
    assert (answers == expected).mean() > 0.9999, "calibrating may round a tie"
    assert (np.array(told["matrix"]) == confusion_matrix(labels, answers)).all()
    shares = np.frombuffer(base64.b64decode(told["shares"]), "<u2").reshape(-1, 10) / (2**16 - 1)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-4)


def test_answers_are_computed_once(
    browser: TestClient, finished_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = browser.get(address_of(finished_run))
    monkeypatch.setattr(test_set, "weights_of", None)  # would fail
    again = browser.get(address_of(finished_run), headers={"accept-encoding": "identity"})
    assert "content-encoding" not in again.headers
    assert again.json() == first.json()


def test_a_network_that_ran_away_or_is_damaged_has_a_sentence(
    browser: TestClient, made: Resources, finished_run: Run
) -> None:
    address = address_of(finished_run)
    run_away = with_weights(
        made, finished_run, [array * np.float32("nan") for array in weights_of(finished_run)]
    )
    answer = browser.get(address_of(run_away))
    assert (answer.status_code, answer.text) == (404, sent.NO_NUMBERS)
    assert "other weights by now" in browser.get(address).text
    file = Path(made.config.artifacts_url, run_away.id, run_away.artifacts["checkpoint.npz"])
    file.unlink()
    fresh = made.store.runs.get(run_away.id)
    assert fresh
    made.store.runs.delete(run_away.id, "nobody")
    answer = browser.get(address_of(fresh))
    assert answer.status_code == 404
    assert "deleted" in answer.text


def test_damaged_weights_have_a_sentence(
    browser: TestClient, made: Resources, finished_run: Run
) -> None:
    name = finished_run.artifacts["checkpoint.npz"]
    file = Path(made.config.artifacts_url, finished_run.id, name)
    file.write_bytes(file.read_bytes()[:-100] + bytes(100))
    answer = browser.get(address_of(finished_run))
    assert answer.status_code == 404
    assert "damaged" in answer.text


def test_who_asks_too_often_has_to_wait(
    browser: TestClient, finished_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sent._guard, "of_viewer", RateLimit(Rate(2, 60)))
    address = address_of(finished_run)
    assert [browser.get(address).status_code for _ in range(3)] == [200, 200, 429]


def test_the_test_images_are_sent_once_and_kept(browser: TestClient) -> None:
    address = address_of_test_images()
    assert address
    answer = browser.get(address)
    digits = example_digits()
    assert digits
    assert answer.content == digits[0].tobytes() + digits[1].tobytes()
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    plain = browser.get(address, headers={"accept-encoding": "identity"})
    assert plain.content == answer.content
    assert browser.get(address[:-1]).status_code == 404


def test_test_images_that_are_not_there_are_said(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = address_of_test_images()
    monkeypatch.setattr(sent_images, "example_digits", lambda: None)
    answer = browser.get(str(address))
    assert answer.status_code == 404
    assert "not here" in answer.text
