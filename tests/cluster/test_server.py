"""A real server with its workers: becoming ready, being asked, and ending."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from benchmarks.hosting.servers import ROOT, Server
from scripts.waiting import wait_until

pytestmark = pytest.mark.cluster


def answer(server: Server, path: str, status: int, seconds: float) -> str:
    """Wait until the server answers with a status; returns what it says."""

    def answered() -> tuple[str] | None:
        assert server.process.poll() is None, server.log()
        with contextlib.suppress(OSError):
            found, content = server.asked(path)
            return (content,) if found == status else None
        return None

    return wait_until(answered, seconds, server.log)[0]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path, variables={"LOG_FORMAT": "json"})
    server.launch()
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.process.kill()
        server.process.wait(10)


def figure(server: Server, name: str) -> float:
    status, content = server.asked("/metrics")
    assert status == 200
    families = {family.name: family for family in text_string_to_metric_families(content)}
    return families[name].samples[0].value


def test_a_server_from_its_first_answer_to_its_last(server: Server) -> None:
    assert json.loads(answer(server, "/health", 200, 60)) == {"status": "ok"}
    while "engine" not in (missing := json.loads(answer(server, "/ready", 503, 5))["missing"]):
        assert missing == {"server": "This server is starting."}
    assert "warming up" in missing["engine"]
    answer(server, "/ready", 200, 120)

    assert figure(server, "playground_ready") == 1
    assert figure(server, "playground_worker_memory_bytes") > 300e6, "it holds TensorFlow"
    assert figure(server, "process_resident_memory_bytes") < 350e6
    assert figure(server, "playground_sessions") == 0

    stream = server.address.replace("http", "ws") + "/_stcore/stream"
    with connect(stream, origin=Origin(server.address), subprotocols=[Subprotocol("streamlit")]):
        wait_until(lambda: figure(server, "playground_sessions") == 1, 10)
        server.process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        content = answer(server, "/ready", 503, 1)
        assert json.loads(content)["missing"] == {"server": "This server is ending."}
        assert server.asked("/health")[0] == 200
        server.process.wait(10)
        print(f"ended {time.monotonic() - began:.1f} s after SIGTERM")

    said = [line for line in server.log().splitlines() if "distributed" in line]
    assert not said, "nothing went wrong, and Dask has nothing to say"


def test_a_server_that_cannot_open_its_store_says_why_and_ends(
    server: Server, tmp_path: Path
) -> None:
    server.process.kill()
    server.process.wait(10)
    database = tmp_path / "playground.db"
    database.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("create table alembic_version (version_num text)")
        connection.execute("insert into alembic_version values ('9001')")
        connection.commit()
    log = tmp_path / "second.log"
    with log.open("wb") as file:
        again = subprocess.run(
            server.process.args,
            cwd=ROOT,
            env={**os.environ, "DATA_FOLDER": str(tmp_path)},
            stdout=file,
            stderr=subprocess.STDOUT,
            timeout=60,
            check=False,
        )
    assert again.returncode == 1
    assert "was written by a newer version of the Digit Playground" in log.read_text()


def test_a_server_may_be_ended_while_it_opens(server: Server) -> None:
    answer(server, "/health", 200, 60)
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(10)
    assert "Traceback" not in server.log()
