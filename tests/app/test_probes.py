"""`/health`, `/ready` and `/metrics`, asked as a load balancer and Prometheus ask them."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from config.logs import PROGRAM, hashed
from digits.recipes import NOTEBOOK
from model_store.records import Run, State, StopRequest
from server import probes
from server.metrics import draw_seconds
from server.operators_only import OperatorsOnly
from server.resources import Resources
from server.shutdown import _signals
from tests.app.conftest import ask_models
from tests.support.draw_page import a_one, drawn, open_draw_page
from trainer.ready_made import install
from trainer.supervisor import Readiness
from ui.routes import routes

SETTINGS = {"batch_size": 64}


class Answer(NamedTuple):
    status: int
    content: bytes


def asked(path: str, client: str = "127.0.0.1", **headers: str) -> Answer:
    """Ask the routes behind the guard, as a client at this address."""
    address, _, query = path.partition("?")
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": address,
        "raw_path": address.encode(),
        "query_string": query.encode(),
        "headers": [
            (name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()
        ],
        "client": (client, 12345),
        "server": ("localhost", 80),
    }
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    app = Starlette(routes=routes, middleware=[Middleware(OperatorsOnly)])
    asyncio.run(app(scope, receive, send))
    content = b"".join(message.get("body", b"") for message in sent)
    return Answer(sent[0]["status"], content)


def figures(**headers: str) -> dict[str, float]:
    """Ask for the metrics, and read them as Prometheus does: value by name and labels."""
    answer = asked("/metrics", **headers)
    assert answer.status == 200
    return {
        sample.name + "".join(f"{{{name}={value}}}" for name, value in sample.labels.items()): (
            sample.value
        )
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


@pytest.fixture
def ready(made: Resources) -> Resources:
    install(made.store)
    made.service._supervisor.readiness = Readiness(True, "A processor trains.")
    return made


@pytest.fixture
def ending() -> Iterator[None]:
    _signals.append(15)
    yield
    _signals.clear()


def put(made: Resources, count: int, state: State, **values: Any) -> None:
    for number in range(count):
        run = Run(f"{state}-{number}", "ann", "run", time.time(), state, SETTINGS)
        made.store.runs.put(replace(run, **values))


def test_health_is_a_matter_of_this_process_alone(made: Resources) -> None:
    (made.config.mnist_folder.parent / "playground.db").unlink()
    assert asked("/health") == (200, b'{"status":"ok"}')


def test_ready_when_store_and_engine_are(ready: Resources) -> None:
    answer = asked("/ready")
    assert answer.status == 200
    assert json.loads(answer.content) == {"ready": True, "missing": {}}


def test_files_of_another_database_are_said_and_turn_nobody_away(ready: Resources) -> None:
    assert figures()["playground_housekeeping_stopped"] == 0
    ready.store.artifacts.set_mark("of another database")
    ready.store.housekeeping.check()
    answer = asked("/ready")
    assert answer.status == 200
    said = json.loads(answer.content)
    assert (said["ready"], said["missing"]) == (True, {})
    assert "nothing is forgotten or deleted" in said["warnings"]["housekeeping"]
    assert str(ready.config.mnist_folder.parent) not in answer.content.decode()
    assert figures()["playground_housekeeping_stopped"] == 1


def test_not_ready_while_the_engine_warms_up_says_so(made: Resources) -> None:
    install(made.store)
    answer = asked("/ready")
    assert answer.status == 503
    assert json.loads(answer.content)["missing"] == {"engine": "The training engine is warming up."}
    assert asked("/ready?exclude=engine").status == 200


def test_not_ready_without_a_readable_store(ready: Resources) -> None:
    with ready.store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE runs RENAME TO lost"))
    answer = asked("/ready")
    assert answer.status == 503
    assert list(json.loads(answer.content)["missing"]) == ["store"]
    assert b"lost" not in answer.content, "what went wrong is for the log, not for the public"


def test_a_store_that_hangs_does_not_hang_the_answer(
    ready: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probes, "SECONDS_FOR_THE_STORE", 0.2)

    def hang() -> bool:
        go_on.wait(60)
        has_hung.set()
        return True

    go_on, has_hung = Event(), Event()
    monkeypatch.setattr(probes, "_store_answers", hang)
    answer = asked("/ready")
    answered_first = not has_hung.is_set()
    go_on.set()
    assert answered_first
    assert answer.status == 503
    assert list(json.loads(answer.content)["missing"]) == ["store"]


def test_while_it_ends_it_is_not_ready_but_healthy(ready: Resources, ending: None) -> None:
    answer = asked("/ready")
    assert answer.status == 503
    assert list(json.loads(answer.content)["missing"]) == ["server"]
    assert asked("/health").status == 200


def test_metrics_are_those_of_the_store(ready: Resources) -> None:
    now = time.time()
    put(ready, 3, State.QUEUED, created_at=now - 40)
    put(ready, 1, State.FAILED)
    running: dict[str, Any] = {"started_at": now - 5, "reported_at": now, "steps_per_second": 100.0}
    put(ready, 2, State.RUNNING, **running)
    silent = replace(Run("silent", "ann", "run", now, State.RUNNING, SETTINGS), **running)
    ready.store.runs.put(replace(silent, reported_at=now - 90))
    again = Run("again", "ann", "run", now - 9000, State.QUEUED, SETTINGS, started_at=now - 8000)
    ready.store.runs.put(again)
    found = figures()
    assert found["playground_queue_length"] == 4
    assert found["playground_queue_oldest_seconds"] == pytest.approx(40, abs=5)
    assert found["playground_training_images_per_second"] == 2 * 100 * 64
    assert found["playground_training_silent_seconds"] == pytest.approx(90, abs=5)
    states = {state: found[f"playground_runs{{state={state}}}"] for state in State}
    assert states == {"queued": 4, "running": 3, "failed": 1, "finished": 1} | {
        "paused": 0,
        "stopped": 0,
    }
    assert found["playground_ready"] == found["playground_store_up"] == 1
    assert found["process_resident_memory_bytes"] > 50e6
    assert found["playground_sessions"] == 0


def test_metrics_of_a_lost_store_are_left_out(ready: Resources) -> None:
    with ready.store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE runs RENAME TO lost"))
    found = figures()
    assert found["playground_store_up"] == found["playground_ready"] == 0
    assert "playground_queue_length" not in found
    assert "playground_draw_seconds_count" in found


def test_histograms_count_in_seconds(ready: Resources) -> None:
    before = figures()
    draw_seconds.observe(0.07)
    after = figures()
    grown = {name for name in after if after[name] != before[name] and "draw" in name}
    assert "playground_draw_seconds_bucket{le=0.1}" in grown
    assert "playground_draw_seconds_bucket{le=0.05}" not in grown


def test_strokes_and_ticks_are_timed(ready: Resources, app: AppTest) -> None:
    before = figures()
    open_draw_page(app)
    assert figures()["playground_draw_seconds_count"] == before["playground_draw_seconds_count"]
    drawn(app, a_one())
    app.run()
    put(ready, 1, State.QUEUED, settings=NOTEBOOK.model_dump(mode="json"))
    assert TestClient(Starlette(routes=routes)).get("/live/queued-0").status_code == 200
    after = figures()
    for name in ("playground_draw_seconds", "playground_chart_tick_seconds"):
        assert after[f"{name}_count"] == before[f"{name}_count"] + 1
        assert 0 < after[f"{name}_sum"] - before[f"{name}_sum"] < 10


def test_what_visitors_do_is_logged(
    ready: Resources, app: AppTest, finished_run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    caplog.set_level("INFO")
    app.run().button(key="train").click().run()
    visitor = app.session_state["visitor"]
    (run,) = ready.store.runs.of_visitor(visitor)
    ready.store.runs.request_stop(run.id, visitor, StopRequest.STOP)
    app.switch_page("../pages/models.py").run()
    ask_models(app, "delete", run.id)
    ours = [record for record in caplog.records if record.name.partition(".")[0] in PROGRAM]
    assert [record.message for record in ours] == ["visitor came", "run submitted", "run deleted"]
    assert {vars(record)["visitor"] for record in ours} == {hashed(visitor)}
    assert {vars(record)["run"] for record in ours[1:]} == {run.id}
    assert visitor not in caplog.text


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/_stcore/metrics", "/demo/metrics"])
def test_metrics_are_not_for_the_public(ready: Resources, path: str) -> None:
    assert asked(path, client="203.0.113.7").status == 403
    assert asked(path, x_forwarded_for="203.0.113.7").status == 403
    assert asked(path, x_forwarded_for="127.0.0.1").status == 403
    assert asked(path, client="unknown").status == 403


@pytest.mark.parametrize("client", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_metrics_are_for_this_machine(ready: Resources, client: str) -> None:
    assert asked("/metrics", client=client).status == 200


def test_with_a_token_only_its_bearer_sees_metrics(
    ready: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METRICS_TOKEN", "s3cret")
    assert asked("/metrics").status == 403
    assert asked("/metrics", authorization="Bearer s3cre").status == 403
    assert asked("/metrics", authorization="Bearer \u00e9").status == 403
    assert asked("/metrics", client="203.0.113.7", authorization="Bearer s3cret").status == 200


def test_every_alert_asks_for_a_figure_that_there_is(ready: Resources) -> None:
    import re

    rules = (Path(__file__).parents[2] / "deploy" / "prometheus" / "alerts.yml").read_text()
    asked_for = set(re.findall(r"\b(?:playground|process)_\w+", rules))
    there = {name.partition("{")[0] for name in figures()}
    assert asked_for
    assert asked_for <= there
