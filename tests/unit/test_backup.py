"""A backup taken in the middle of a run, restored, and the run carried out to its end."""

import os
import shlex
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, select

from config.environment import Config, config_from_environment
from digits.dataset import Mnist
from digits.settings import TrainingSettings
from model_store.database import unnamed_files
from model_store.limits import Retention
from model_store.records import Run, State
from model_store.store import Store, open_store
from scripts.backup import CannotBackUp, back_up, database_file
from trainer import run_executor

ROOT = Path(__file__).parents[2]
# So small a batch that the program that makes the backup has started before the run has ended.
# As many steps as every one is a point of: where checkpoints fell must not be seen in the curve.
SETTINGS = TrainingSettings(hidden_layers=(256, 128), epochs=50, batch_size=18)


@pytest.fixture
def config(tmp_path: Path, small_mnist: Mnist, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setattr(run_executor, "dataset", lambda folder: small_mnist)
    return config_in(tmp_path / "data", monkeypatch)


def config_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setenv("DATA_FOLDER", str(folder))
    return config_from_environment()


def store_in(config: Config) -> Store:
    return open_store(config.database_url, config.artifacts_url)


@pytest.fixture
def store(config: Config) -> Iterator[Store]:
    with store_in(config) as store:
        yield store


def test_a_run_goes_on_from_a_backup(config, store, tmp_path, monkeypatch) -> None:
    earlier = store.runs.create("ann", SETTINGS.model_dump(mode="json"), "earlier")
    run_executor.execute_next("earlier", config)
    run = store.runs.create("ann", SETTINGS.model_dump(mode="json"), "run")
    working = threading.Thread(target=run_executor.execute_next, args=("ticket", config))
    working.start()
    while (store.runs.get(run.id) or run).step < 500:
        time.sleep(0.005)
    (config.mnist_folder.parent / "cookie_secret").write_text("secret")
    program = [sys.executable, "-m", "scripts.backup", tmp_path / "backup"]
    subprocess.run(program, cwd=ROOT, env=os.environ, check=True, timeout=280)
    working.join()
    original = store.runs.get(run.id)
    assert original
    assert original.state == State.FINISHED

    restored_place = config_in(tmp_path / "backup", monkeypatch)
    with store_in(restored_place) as restored:
        half = restored.runs.get(run.id)
        assert half
        assert half.state == State.RUNNING
        assert 0 < half.step < half.total_steps
        reference = half.artifacts["checkpoint.npz"]
        assert restored.artifacts.load(run.id, reference), "its checkpoint came along"
        assert restored.runs.get(earlier.id) == store.runs.get(earlier.id)
        assert (tmp_path / "backup" / "cookie_secret").read_text() == "secret"
        run_executor.execute_next("ticket", restored_place)
        finished = restored.runs.get(run.id)
        assert finished
        assert finished.state == State.FINISHED
        assert finished.test == original.test
        both = [each.progress.since(run.id).points["loss"] for each in (store, restored)]
        assert both[0].tolist() == both[1].tolist()


def test_a_backup_never_overwrites_another(config, tmp_path) -> None:
    store_in(config).close()
    back_up(config, tmp_path / "backup")
    with pytest.raises(FileExistsError):
        back_up(config, tmp_path / "backup")


def test_a_store_that_is_not_there_is_said(config, tmp_path) -> None:
    with pytest.raises(FileNotFoundError, match=r"expected the database .*playground\.db"):
        back_up(config, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


def finished_run(store: Store) -> Run:
    run = store.runs.create("ann", {}, "test")
    reference = store.artifacts.save(run.id, "weights.npz", b"weights")
    artifacts = {"weights.npz": reference}
    store.runs.change(run.id, state=State.FINISHED, artifacts=artifacts)
    found = store.runs.get(run.id)
    assert found
    return found


def test_the_backup_follows_the_variables(config, tmp_path, monkeypatch) -> None:
    """A store of earlier days still lies in the data folder."""
    with store_in(config) as stale:
        finished_run(stale)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'elsewhere.db'}")
    monkeypatch.setenv("ARTIFACTS_URL", str(tmp_path / "files"))
    with store_in(config_from_environment()) as store:
        run = finished_run(store)
    back_up(config_from_environment(), tmp_path / "backup")
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("ARTIFACTS_URL", "")
    with store_in(config_in(tmp_path / "backup", monkeypatch)) as restored:
        assert restored.runs.of_visitor("ann") == [run]
        assert restored.artifacts.load(run.id, run.artifacts["weights.npz"]) == b"weights"


ELSEWHERE = [
    (
        {"DATABASE_URL": "postgresql+psycopg://me:secret@db.example:5433/runs"},
        "pg_dump --format=custom --exclude-table-data=unnamed_files --file=playground.dump "
        "postgresql://me@db.example:5433/runs. ",
    ),
    ({"DATABASE_URL": "mysql://db.example/runs"}, "Use the tool that comes with it"),
    ({"DATABASE_URL": "sqlite://"}, "Use the tool that comes with it"),
    ({"ARTIFACTS_URL": "memory://files"}, "rclone copy"),
]


@pytest.mark.parametrize(("variables", "tool"), ELSEWHERE)
def test_what_it_cannot_copy_is_refused_with_the_tool_that_can(
    config, tmp_path, variables: dict[str, str], tool: str
) -> None:
    store_in(config).close()  # a stale one, which must not be taken for the store
    program = [sys.executable, "-m", "scripts.backup", tmp_path / "backup"]
    done = subprocess.run(
        program, cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert tool in done.stderr
    assert "nothing was copied" in done.stderr
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "backup").exists()


def test_a_restored_pair_keeps_its_id_and_looks_at_its_files_anew(
    config, store, tmp_path, monkeypatch
) -> None:
    finished_run(store)
    store.artifacts.save("gone", "weights.npz", b"without a name")
    assert store.housekeeping.prune(Retention()).files == 0
    back_up(config, tmp_path / "backup")
    with store_in(config_in(tmp_path / "backup", monkeypatch)) as restored:
        assert restored.artifacts.mark() == store.artifacts.mark()
        assert restored.housekeeping.stopped == ""
        with store.engine.connect() as before, restored.engine.connect() as after:
            assert len(before.execute(select(unnamed_files)).all()) == 1
            assert after.execute(select(unnamed_files)).all() == []


@pytest.mark.cluster
def test_what_pg_dump_makes_is_restored_with_its_files(postgres, tmp_path) -> None:
    """The command that the backup names, and the way back that the manual names."""
    files, copy = tmp_path / "files", tmp_path / "copy"
    url = postgres.new_database()
    with open_store(url, str(files)) as store:
        run = finished_run(store)
        store.artifacts.save("gone", "weights.npz", b"without a name")
        store.housekeeping.prune(Retention())
    with pytest.raises(CannotBackUp) as refusal:
        database_file(url)
    named = str(refusal.value).partition("Use: ")[2].partition(". Copy")[0]
    command = shlex.split(named)
    assert command[0] == "pg_dump"
    subprocess.run(command, cwd=tmp_path, check=True)
    shutil.copytree(files, copy)
    restored_url = postgres.new_database()
    address = make_url(restored_url).set(drivername="postgresql").render_as_string()
    restore = ["pg_restore", "--clean", "--if-exists", f"--dbname={address}"]
    subprocess.run([*restore, tmp_path / "playground.dump"], check=True)
    with open_store(restored_url, str(copy)) as restored:
        assert restored.runs.of_visitor("ann") == [run]
        assert restored.housekeeping.stopped == ""
        with restored.engine.connect() as connection:
            assert connection.execute(select(unnamed_files)).all() == []
