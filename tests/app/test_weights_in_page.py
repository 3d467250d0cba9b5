"""The weights of a run, as the page asks for them, and what it is told to read with."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zlib import adler32

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from digits.inference import FloatArray
from model_store.database import StoreUnavailable
from model_store.records import Run, State
from model_store.runs import Runs
from server.rate_limits import Rate, RateLimit
from server.resources import Resources, weights_of
from tests.app.conftest import component_data
from trainer.checkpoints import packed_weights
from trainer.ready_made import READY_MADE, install
from ui.routes import routes
from ui.shared.in_page import weights as sent
from ui.shared.in_page.weights import MOST_PARAMETERS, as_bytes, weights_address
from ui.shared.javascript_modules import module_address

MODULES = (
    *(f"draw/in_page/{name}.js" for name in ("pen", "canvas", "live_answer")),
    *(f"shared/in_page/{name}.js" for name in ("prepare", "forward", "weights")),
)


@pytest.fixture
def browser(made: Resources) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=routes), raise_server_exceptions=False) as client:
        yield client


def address_of(run: Run) -> str:
    address = weights_address(run)
    assert address
    return address


def read(content: bytes, like: list[FloatArray]) -> list[FloatArray]:
    """Numbers of 32 bits as arrays of the same shapes."""
    numbers = np.frombuffer(content, "<f4")
    ends = np.cumsum([array.size for array in like])
    assert ends[-1] == numbers.size
    parts = np.split(numbers, ends[:-1])
    return [part.reshape(array.shape) for part, array in zip(parts, like, strict=True)]


def test_whoever_has_the_link_gets_the_weights_once(browser: TestClient, finished_run: Run) -> None:
    answer = browser.get(address_of(finished_run))
    assert answer.status_code == 200
    expected = weights_of(finished_run)
    for one, other in zip(read(answer.content, expected), expected, strict=True):
        assert (one == other).all()
    assert answer.headers["content-length"] == str(len(answer.content))
    assert answer.headers["x-adler32"] == f"{adler32(answer.content):08x}"
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"


def test_the_initial_weights_are_sent_too(browser: TestClient, finished_run: Run) -> None:
    address = weights_address(finished_run, "untrained.npz")
    assert address
    expected = weights_of(finished_run, "untrained.npz")
    assert browser.get(address).content == as_bytes(expected)
    assert as_bytes(expected) != as_bytes(weights_of(finished_run))
    without = replace(finished_run, artifacts={})
    assert weights_address(without, "untrained.npz") is None


def test_newer_weights_have_another_address_and_the_older_are_gone(
    browser: TestClient, made: Resources, finished_run: Run
) -> None:
    before = address_of(finished_run)
    newer = [array + 1 for array in weights_of(finished_run)]
    reference = made.store.artifacts.save(finished_run.id, "checkpoint.npz", packed_weights(newer))
    made.store.runs.change(
        finished_run.id, artifacts={**finished_run.artifacts, "checkpoint.npz": reference}
    )
    now = made.store.runs.get(finished_run.id)
    assert now
    assert address_of(now) != before
    assert browser.get(before).status_code == 404
    assert browser.get(address_of(now)).content == as_bytes(newer)


def test_nothing_is_sent_without_the_runs_id(browser: TestClient, finished_run: Run) -> None:
    checksum = address_of(finished_run).rpartition("/")[2]
    for run in ("none", finished_run.id[:-1], "%00", READY_MADE):
        assert browser.get(f"/weights/{run}/{checksum}").status_code == 404
    assert browser.get(f"/weights/{finished_run.id}/{'0' * 32}").status_code == 404


def test_a_run_without_weights_or_with_damaged_ones_says_so(
    browser: TestClient, made: Resources, finished_run: Run
) -> None:
    file = Path(
        made.config.artifacts_url, finished_run.id, finished_run.artifacts["checkpoint.npz"]
    )
    file.write_bytes(file.read_bytes()[:-100] + bytes(100))
    answer = browser.get(address_of(finished_run))
    assert answer.status_code == 404
    assert "damaged" in answer.text
    file.unlink()
    answer = browser.get(address_of(finished_run))
    assert answer.status_code == 404
    assert "gone" in answer.text
    checksum = address_of(finished_run).rpartition("/")[2]
    made.store.runs.change(finished_run.id, artifacts={})
    assert browser.get(f"/weights/{finished_run.id}/{checksum}").status_code == 404


def test_a_network_over_the_size_is_left_to_the_server(
    browser: TestClient, finished_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = address_of(finished_run)
    wide = replace(finished_run, settings={**finished_run.settings, "hidden_layers": [1024] * 3})
    assert weights_address(wide) is None
    fits = replace(finished_run, settings={**finished_run.settings, "hidden_layers": [1024] * 2})
    assert weights_address(fits)
    unknown = replace(finished_run, settings={**finished_run.settings, "activation": "swish"})
    assert weights_address(unknown) is None
    assert MOST_PARAMETERS == 2_000_000
    monkeypatch.setattr(sent, "MOST_PARAMETERS", 10)
    assert browser.get(address).status_code == 404


def test_a_store_that_is_silent_is_said(
    browser: TestClient, made: Resources, finished_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Runs, run_id: str) -> Run:
        raise StoreUnavailable("The store does not answer.")

    monkeypatch.setattr(Runs, "get", refuse)
    answer = browser.get(address_of(finished_run))
    assert answer.status_code == 503
    assert answer.text == "The store does not answer."


def test_who_asks_too_often_has_to_wait(
    browser: TestClient, finished_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sent._guard, "of_viewer", RateLimit(Rate(2, 60)))
    address = address_of(finished_run)
    assert [browser.get(address).status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize("name", MODULES)
def test_the_modules_are_kept_for_good(browser: TestClient, name: str) -> None:
    address = module_address(name)
    answer = browser.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    plain = browser.get(address, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == answer.text
    assert browser.get(address.replace(name, "none.js")).status_code == 404


def offer(app: AppTest) -> dict[str, object]:
    """What the page is told to read with."""
    told = [data for data in component_data(app) if isinstance(data, dict) and "network" in data]
    assert len(told) == 1
    found: dict[str, object] = told[0]["network"]
    return found


def test_the_page_is_told_which_network_reads(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    install(made.store)
    app.run().switch_page("../pages/draw.py").run()
    ready_made = made.store.runs.get(READY_MADE)
    assert ready_made
    assert ready_made.test
    assert offer(app) == {
        "run": READY_MADE,
        "address": address_of(ready_made),
        "widths": [784, 1024, 384, 10],
        "activation": "relu",
        "temperature": ready_made.test["temperature"],
    }
    app.session_state["run"] = finished_run.id
    assert offer(app.run())["address"] == address_of(finished_run)


def test_the_newest_weights_of_a_run_that_trains_are_offered(
    app: AppTest, made: Resources, finished_run: Run
) -> None:
    made.store.runs.change(finished_run.id, state=State.RUNNING, test=None)
    app.session_state["run"] = finished_run.id
    app.run().switch_page("../pages/draw.py").run()
    told = offer(app)
    assert told["address"] == address_of(finished_run)
    assert told["temperature"] == 1.0


def test_without_any_network_there_is_no_offer(app: AppTest, made: Resources) -> None:
    app.run().switch_page("../pages/draw.py").run()
    assert offer(app) is None
