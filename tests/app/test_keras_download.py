"""The network as a file: asked for by its address, and read by no page."""

import json
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from digits.recipes import NOTEBOOK
from model_store.artifacts import BYTES_A_BLOCK, Artifacts
from model_store.database import StoreUnavailable
from model_store.records import Run, State
from model_store.runs import Runs
from server.rate_limits import Rate, RateLimit
from server.resources import Resources
from tests.app.conftest import table_of_runs
from ui.models import keras_download
from ui.routes import routes


def keras_file_with(**config: object) -> bytes:
    """Something like what Keras writes: parts of a configuration, and many weights."""
    file = BytesIO()
    with ZipFile(file, "w") as made:
        made.writestr("config.json", json.dumps({"class_name": "Dense", "config": config}))
        made.writestr("model.weights.h5", bytes(5_000_000))
    return file.getvalue()


CONTENT = keras_file_with(units=10)


@pytest.fixture
def browser(made: Resources) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=routes), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def run(made: Resources) -> Run:
    """A run of somebody else's, with a file to take home."""
    values = NOTEBOOK.model_dump(mode="json")
    run = made.store.runs.create("ann", values, "Zürich 784-128-64-10")
    reference = made.store.artifacts.save(run.id, "model.keras", CONTENT)
    made.store.runs.change(
        run.id, state=State.FINISHED, artifacts={"model.keras": reference}, test={"accuracy": 0.97}
    )
    found = made.store.runs.get(run.id)
    assert found
    return found


def the_file(made: Resources, run: Run) -> Path:
    return Path(made.config.artifacts_url) / run.id / run.artifacts["model.keras"]


def test_whoever_has_the_link_of_the_run_gets_its_file(browser: TestClient, run: Run) -> None:
    answer = browser.get(f"/keras/{run.id}")
    assert answer.status_code == 200
    assert answer.content == CONTENT
    assert answer.headers["content-length"] == str(len(CONTENT))
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["cache-control"] == "no-store"


def test_names_of_files_tell_runs_apart(browser: TestClient, run: Run) -> None:
    named = browser.get(f"/keras/{run.id}").headers["content-disposition"]
    assert named.startswith(
        f'attachment; filename="digits-Z_rich-784-128-64-10-{run.id[:6]}.keras"'
    )
    assert "filename*=UTF-8''digits-Z%C3%BCrich-784-128-64-10-" in named
    assert keras_download.file_name(run) != keras_download.file_name(replace(run, id="another one"))
    quoted = replace(run, id="abcdefgh", name='a/../"b"\r\nX: y')
    assert keras_download.file_name(quoted) == "digits-a-..-b-X-y-abcdef.keras"
    assert keras_download.file_name(replace(quoted, name="///")) == "digits-network-abcdef.keras"


def test_a_file_of_an_earlier_time_is_made_to_open_in_older_versions_of_keras(
    browser: TestClient, made: Resources, run: Run
) -> None:
    content = keras_file_with(units=10, quantization_config=None)
    reference = made.store.artifacts.save(run.id, "model.keras", content)
    made.store.runs.change(run.id, artifacts={"model.keras": reference})
    answer = browser.get(f"/keras/{run.id}")
    assert answer.headers["content-length"] == str(len(answer.content))
    with ZipFile(BytesIO(answer.content)) as file:
        assert json.loads(file.read("config.json"))["config"] == {"units": 10}
        assert len(file.read("model.weights.h5")) == 5_000_000


def test_a_page_with_many_networks_reads_none_of_their_files(
    app: AppTest, made: Resources, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.run().switch_page("../pages/models.py").run()
    made.store.runs.change(run.id, visitor=app.session_state["visitor"])

    def read(*arguments: object) -> bytes:
        raise AssertionError("the page has read a file")

    monkeypatch.setattr(Artifacts, "load", read)
    monkeypatch.setattr(Artifacts, "blocks", read)
    app.run()
    assert not app.exception
    (row,) = table_of_runs(app)["rows"]
    assert row["keras"] == f"/keras/{run.id}"
    assert not app.get("download_button")


def test_a_large_file_is_sent_in_little_memory(tmp_path: Path) -> None:
    artifacts = Artifacts(str(tmp_path))
    reference = artifacts.save("run", "model.keras", bytes(40 * BYTES_A_BLOCK))
    tracemalloc.start()
    try:
        assert artifacts.verify("run", reference) == 40 * BYTES_A_BLOCK
        digest = sha256()
        for block in artifacts.blocks("run", reference):
            digest.update(block)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert reference == f"model-{digest.hexdigest()[:32]}.keras"
    assert peak < 5 * BYTES_A_BLOCK


def test_what_is_not_there_is_said(browser: TestClient, made: Resources, run: Run) -> None:
    for unknown in ("nothing", "%00", "ready-made"):
        answer = browser.get(f"/keras/{unknown}")
        assert (answer.status_code, answer.text[:28]) == (404, "There is no run under this a")
    waiting = made.store.runs.create("ann", {}, "waiting")
    assert "no network to take home yet" in browser.get(f"/keras/{waiting.id}").text


def test_a_damaged_file_is_said_and_not_sent(
    browser: TestClient, made: Resources, run: Run
) -> None:
    file = the_file(made, run)
    file.write_bytes(CONTENT[:-1] + b"!")
    answer = browser.get(f"/keras/{run.id}")
    assert (answer.status_code, "damaged" in answer.text) == (404, True)
    file.unlink()
    answer = browser.get(f"/keras/{run.id}")
    assert (answer.status_code, "gone from the store" in answer.text) == (404, True)


def test_trouble_is_said_without_a_path_of_the_server(
    browser: TestClient, made: Resources, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = the_file(made, run)
    file.unlink()
    file.mkdir()  # to be read as a file
    answer = browser.get(f"/keras/{run.id}")
    assert answer.status_code == 500
    assert "try again" in answer.text
    assert str(file.parent) not in answer.text

    def silent(*arguments: object) -> None:
        raise StoreUnavailable("The store does not answer.")

    monkeypatch.setattr(Runs, "get", silent)
    assert browser.get(f"/keras/{run.id}").status_code == 503


def test_asking_has_a_limit(browser: TestClient, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras_download._answers, "of_viewer", RateLimit(Rate(2, 60.0)))
    statuses = [browser.get(f"/keras/{run.id}").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
