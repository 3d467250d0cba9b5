"""A real server with its workers: becoming ready, being asked, and ending."""

import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from prometheus_client.parser import text_string_to_metric_families
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from tests.conftest import MNIST_FOLDER

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.cluster


class Server(NamedTuple):
    address: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def asked(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.address + path, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def wait_for(self, path: str, status: int, seconds: float) -> str:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                answered, content = self.asked(path)
                if answered == status:
                    return content
            except OSError:
                assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.05)
        raise TimeoutError(f"{path} did not answer {status}: {self.log.read_text()}")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "mnist").symlink_to(MNIST_FOLDER)
    with socket.socket() as listener:
        listener.bind(("localhost", 0))
        port = listener.getsockname()[1]
    log = tmp_path / "server.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
            cwd=ROOT,
            env={**os.environ, "DATA_FOLDER": str(tmp_path), "LOG_FORMAT": "json"},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Server(f"http://127.0.0.1:{port}", process, log)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(10)


def figure(server: Server, name: str) -> float:
    status, content = server.asked("/metrics")
    assert status == 200
    families = {family.name: family for family in text_string_to_metric_families(content)}
    return families[name].samples[0].value


def test_a_server_from_its_first_answer_to_its_last(server: Server) -> None:
    assert json.loads(server.wait_for("/health", 200, 60)) == {"status": "ok"}
    while "engine" not in (missing := json.loads(server.wait_for("/ready", 503, 5))["missing"]):
        assert missing == {"server": "This server is starting."}
    assert "warming up" in missing["engine"]
    server.wait_for("/ready", 200, 120)

    assert figure(server, "playground_ready") == 1
    assert figure(server, "playground_worker_memory_bytes") > 300e6, "it holds TensorFlow"
    assert figure(server, "process_resident_memory_bytes") < 350e6
    assert figure(server, "playground_sessions") == 0

    stream = server.address.replace("http", "ws") + "/_stcore/stream"
    with connect(stream, origin=Origin(server.address), subprotocols=[Subprotocol("streamlit")]):
        until = time.monotonic() + 10
        while figure(server, "playground_sessions") != 1:
            assert time.monotonic() < until
        server.process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        content = server.wait_for("/ready", 503, 1)
        assert json.loads(content)["missing"] == {"server": "This server is ending."}
        assert server.asked("/health")[0] == 200
        server.process.wait(10)
        print(f"ended {time.monotonic() - began:.1f} s after SIGTERM")

    said = [line for line in server.log.read_text().splitlines() if "distributed" in line]
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
    server.wait_for("/health", 200, 60)
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(10)
    assert "Traceback" not in server.log.read_text()
