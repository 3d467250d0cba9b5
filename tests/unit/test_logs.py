"""Logs: what a line holds, and what a real worker process leaves behind."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.logs import about, hashed
from digits.settings import TrainingSettings
from model_store.records import Run, State
from model_store.store import open_store
from tests.conftest import MNIST_FOLDER

ROOT = Path(__file__).parents[2]
VISITOR = "0123456789abcdef0123456789abcdef"


def lines_of(program: str, **environment: str) -> list[str]:
    """Run a program in a process of its own; return what it wrote to standard error."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=280,
    )
    return done.stderr.splitlines()


SAYS_TWO_THINGS = """
import logging
from config.logs import configure_logs, log_context
configure_logs()
configure_logs()
logger = logging.getLogger("trainer.test")
with log_context(run="abc", ticket="t1"):
    logger.info("run started", extra={"name_of_run": "two words\\nand a line"})
logger.debug("run checkpointed")
"""


def test_by_default_a_line_can_be_read() -> None:
    (line,) = lines_of(SAYS_TWO_THINGS, LOG_FORMAT="")
    assert line.endswith(
        'INFO trainer.test: run started name_of_run="two words\\nand a line" run=abc ticket=t1'
    )


def test_with_json_every_line_is_an_object() -> None:
    first, second = map(json.loads, lines_of(SAYS_TWO_THINGS, LOG_FORMAT="json", LOG_LEVEL="debug"))
    assert first.pop("time").endswith("+00:00")
    assert first == {
        "level": "INFO",
        "logger": "trainer.test",
        "message": "run started",
        "name_of_run": "two words\nand a line",
        "run": "abc",
        "ticket": "t1",
    }
    assert second["message"] == "run checkpointed"
    assert "run" not in second


def test_libraries_are_not_heard_twice() -> None:
    program = """
import logging
import distributed
from streamlit.logger import get_logger
other = get_logger("streamlit.test")
from config.logs import configure_logs
configure_logs()
other.info("just so")
other.warning("of Streamlit")
logging.getLogger("distributed.nanny").warning("of Dask")
"""
    first, second = map(json.loads, lines_of(program, LOG_FORMAT="json"))
    assert (first["logger"], first["message"]) == ("streamlit.test", "of Streamlit")
    assert (second["logger"], second["message"]) == ("distributed.nanny", "of Dask")


def test_a_visitor_cannot_be_told_from_the_log() -> None:
    run = Run("run", VISITOR, "name", 0, State.QUEUED, {})
    assert about(run) == {"run": "run", "visitor": hashed(VISITOR)}
    assert hashed(VISITOR) == hashed(VISITOR) != hashed(VISITOR[::-1])
    assert hashed(VISITOR) not in VISITOR


WORKS_OFF_ONE_TICKET = """
import sys
from pathlib import Path
from distributed import Client, LocalCluster
from config.environment import Config
from trainer.worker import work

if __name__ == "__main__":
    config = Config(sys.argv[1], sys.argv[2], Path(sys.argv[3]), None)
    with LocalCluster(n_workers=1, dashboard_address=None) as cluster, Client(cluster) as client:
        for ticket in sys.argv[4:]:
            client.submit(work, ticket, config, key=ticket).result()
"""


@pytest.mark.cluster
def test_a_worker_process_tells_the_story_of_its_runs(tmp_path: Path) -> None:
    database, artifacts = f"sqlite:///{tmp_path / 'store.db'}", str(tmp_path / "artifacts")
    good = TrainingSettings(hidden_layers=(16,), epochs=2, batch_size=1024)
    bad = TrainingSettings(hidden_layers=(64, 32), epochs=1, learning_rate=10, optimizer="sgd")
    settings = [each.model_dump(mode="json") for each in (good, bad)]
    with open_store(database, artifacts) as store:
        runs = [store.runs.create(VISITOR, each, "run") for each in settings]
    program = tmp_path / "program.py"
    program.write_text(WORKS_OFF_ONE_TICKET)
    environment = {"LOG_FORMAT": "json", "LOG_LEVEL": "debug", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [sys.executable, program, database, artifacts, MNIST_FOLDER, "ticket-1", "ticket-2"],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=280,
    )
    written = done.stdout + done.stderr
    lines = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
    stories = {
        run.id: [line["message"] for line in lines if line.get("run") == run.id] for run in runs
    }
    # One checkpoint an epoch, and more on a machine that takes ten seconds for it.
    assert stories[runs[0].id].count("run checkpointed") >= 2
    assert [*dict.fromkeys(stories[runs[0].id])] == [
        "run started",
        "run checkpointed",
        "run finished",
    ]
    assert stories[runs[1].id] == ["run started", "run failed"]
    finished = next(line for line in lines if line["message"] == "run finished")
    assert finished["ticket"] == "ticket-1"
    assert finished["visitor"] == hashed(VISITOR)
    assert finished["step"] == 106  # 54,000 images in two epochs of batches of 1,024
    failed = next(line for line in lines if line["message"] == "run failed")
    assert "Try a learning rate a tenth of 10" in failed["reason"]
    assert logging.getLevelName(failed["level"]) == logging.WARNING
    assert VISITOR not in written


def test_what_sqlalchemy_does_with_connections_is_no_line_of_ours(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    program = f"""
from model_store.store import open_store
from config.logs import configure_logs
configure_logs()
with open_store({url!r}, {str(tmp_path / "artifacts")!r}) as store:
    store.runs.active()
"""
    lines = lines_of(program, LOG_LEVEL="debug")
    assert not [line for line in lines if "onnection" in line]
