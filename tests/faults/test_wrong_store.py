"""The program and the files of another database are not taken for what may be deleted."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from benchmarks.hosting.servers import ROOT
from model_store.artifacts import MARK
from model_store.store import open_store
from scripts.waiting import wait_until
from tests.faults.app_process import AppProcess
from tests.unit.test_architecture import ROOMS

pytestmark = pytest.mark.timeout(900)

OPERATIONS = ROOT / "docs" / "operations.md"
PROGRAM = [".streamlit", "app.py", "shipped", *ROOMS]
DAYS = 3 * 86_400.0  # in seconds


def files_in(folder: Path) -> dict[Path, str]:
    """Every file with a fingerprint of it; those that Python and SQLite make are left out."""
    return {
        path: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not {"__pycache__", "mnist"} & set(path.parts)
        if path.suffix not in (".log", ".db", ".db-wal", ".db-shm")
    }


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Make a copy of the program, whose files are some days old, as after an installation."""
    copy = tmp_path / "program"
    copy.mkdir()
    for name in PROGRAM:
        source = ROOT / name
        ignored = shutil.ignore_patterns("__pycache__", "secrets.toml")
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=ignored)
        else:
            shutil.copy(source, copy)
    (copy / "data").mkdir()
    age(copy)
    return copy


def age(folder: Path) -> None:
    then = time.time() - DAYS
    for path in files_in(folder):
        os.utime(path, (then, then))


@contextmanager
def running(data: Path, program: Path = ROOT, **variables: str) -> Iterator[AppProcess]:
    """The app without workers, for whose warm start housekeeping would wait."""
    usual = {"LOG_LEVEL": "debug", "DASK_SCHEDULER_ADDRESS": "tcp://127.0.0.1:9"}
    app = AppProcess(data, program=program, variables={**usual, **variables})
    try:
        yield app
    finally:
        app.close()


def wait_for(app: AppProcess, line: str, seconds: float = 120) -> None:
    wait_until(lambda: line in app.log(), seconds, app.log)


def ready(app: AppProcess) -> Any:
    return json.loads(app.asked("/ready?exclude=engine")[1])


def a_day_passes(app: AppProcess) -> None:
    """Let what was seen without a name have been seen long ago, and have another round done."""
    app.terminate()
    earlier = text("update unnamed_files set seen_at = seen_at - :seconds")
    with app.store.engine.begin() as connection:
        connection.execute(earlier, {"seconds": DAYS})
    (Path(app.store.artifacts._root).parent / "server.log").write_text("")
    app.start()


def test_variables_without_a_value_delete_nothing(program: Path) -> None:
    before = files_in(program)
    assert len(before) > 100
    documented = re.findall(r"^\| `([A-Z_]+)` \|", OPERATIONS.read_text(), re.MULTILINE)
    assert {"ARTIFACTS_URL", "DATA_FOLDER", "LOG_LEVEL", "ALLOWED_HOSTS"} < set(documented)
    of_libraries = ("FORWARDED_ALLOW_IPS", "OPENBLAS_NUM_THREADS", "TF_CPP_MIN_LOG_LEVEL")
    empty = dict.fromkeys((*documented, *of_libraries), "")
    # These two the drill itself needs; tests/unit/test_identity.py tries them.
    del empty["DASK_SCHEDULER_ADDRESS"], empty["LOG_LEVEL"]
    with running(program / "data", program, **empty) as app:
        wait_for(app, "housekeeping is done")
        a_day_passes(app)
        wait_for(app, "housekeeping is done")
        assert ready(app) == {"ready": True, "missing": {}}
    assert files_in(program).items() >= before.items()
    assert (program / "data" / "artifacts" / MARK).exists(), "the usual folder is used"


@pytest.mark.parametrize("named", [".", "..", "data/.."])
def test_the_folder_of_the_program_is_refused(program: Path, named: str) -> None:
    before = files_in(program)
    done = subprocess.run(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", "0"],
        cwd=program,
        env={**os.environ, "ARTIFACTS_URL": named, "DATA_FOLDER": ""},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode
    assert "ARTIFACTS_URL has to name a folder for these files alone" in done.stderr + done.stdout
    assert files_in(program).items() >= before.items()


def test_a_replaced_database_deletes_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    database, artifacts = data / "playground.db", data / "artifacts"
    with open_store(f"sqlite:///{database}", str(artifacts)) as store:
        for number in range(5):
            run = store.runs.create("ann", {}, "test")
            reference = store.artifacts.save(run.id, "weights.npz", str(number).encode())
            values = {"artifacts": {"weights.npz": reference}, "state": "finished"}
            store.runs.change(run.id, **values)
    age(data)
    before = files_in(artifacts)
    assert len(before) == 6
    shutil.move(database, tmp_path / "kept.db")

    with running(data) as app:
        wait_for(app, "housekeeping has stopped")
        assert "nothing is forgotten or deleted" in ready(app)["warnings"]["housekeeping"]
        a_day_passes(app)
        wait_for(app, "housekeeping has stopped")
        assert files_in(artifacts).items() >= before.items()

        app.terminate()
        app.store.close()
        for path in data.glob("playground.db*"):
            path.unlink()
        shutil.move(tmp_path / "kept.db", database)
        (data / "server.log").write_text("")
        app.start()
        wait_for(app, "housekeeping is done")
        assert "warnings" not in ready(app), "with the right database all is as before"
        assert files_in(artifacts).items() >= before.items()
