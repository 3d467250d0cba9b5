"""A database and a folder of files that belong together carry one id; others are left alone."""

import shutil
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from secrets import token_hex

import pytest
from sqlalchemy import delete, select, text

from model_store import identity
from model_store.artifacts import MARK, Artifacts
from model_store.database import identity as identity_table
from model_store.database import unnamed_files
from model_store.limits import Retention
from model_store.retention import NOTHING
from model_store.store import Store, open_store

# All that can be forgotten is.
STRICT = Retention(days=0.0001, runs_per_visitor=1, total_bytes=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "artifacts"


@pytest.fixture
def another(tmp_path: Path, folder: Path) -> Callable[[], Store]:
    """Open another, new database on the same files."""
    return lambda: open_store(f"sqlite:///{tmp_path / 'another.db'}", str(folder))


def save_runs(store: Store, count: int) -> list[str]:
    made = []
    for _ in range(count):
        run = store.runs.create("ann", {}, "test")
        reference = store.artifacts.save(run.id, "weights.npz", b"weights of " + run.id.encode())
        values = {"artifacts": {"weights.npz": reference}, "state": "finished"}
        store.runs.change(run.id, **values, created_at=1, reported_at=1)
        made.append(run.id)
    return made


def id_of(store: Store) -> str:
    with store.engine.connect() as connection:
        return str(connection.execute(select(identity_table.c.id)).scalar_one())


def assert_nothing_goes(store: Store) -> None:
    """Two rounds, with more than a day between them, forget nothing, and say why."""
    files = {path for path in Path(store.artifacts._root).rglob("*") if path.is_file()}
    runs = store.runs.count_by_state()
    for _ in range(2):
        assert store.housekeeping.prune(STRICT) == NOTHING
        assert "not known to be this database's" in store.housekeeping.stopped
        with store.engine.begin() as connection:
            connection.execute(text("update unnamed_files set seen_at = 1"))
    assert {path for path in Path(store.artifacts._root).rglob("*") if path.is_file()} == files
    assert store.runs.count_by_state() == runs


def test_a_new_store_and_its_folder_carry_one_id(store: Store, folder: Path) -> None:
    assert (folder / MARK).read_text() == id_of(store)
    assert len(id_of(store)) == 32
    save_runs(store, 2)
    assert store.housekeeping.prune(STRICT).runs == 2
    assert store.housekeeping.stopped == ""


def test_another_database_takes_nothing_away(store, folder, another, caplog) -> None:
    save_runs(store, 3)
    with another() as new:
        assert_nothing_goes(new)
        reason = caplog.records[-1].reason
        assert id_of(new) in reason
        assert id_of(store) in reason
        assert "DATABASE_URL or ARTIFACTS_URL" in reason
        save_runs(new, 2)
        assert_nothing_goes(new)
    assert store.housekeeping.prune(STRICT).runs == 3, "the right one goes on as before"


def test_a_folder_whose_mark_is_gone_loses_nothing(store, folder, database_url, caplog) -> None:
    save_runs(store, 3)
    (folder / MARK).unlink()
    assert_nothing_goes(store)
    with open_store(database_url, str(folder)) as again:
        assert_nothing_goes(again)
        assert not (folder / MARK).exists()
        # What the log says helps.
        assert f"write {id_of(store)} into the file {MARK}" in caplog.records[-1].reason
        (folder / MARK).write_text(f"{id_of(store)}\n")
        assert again.housekeeping.prune(STRICT).runs == 3


def test_an_empty_folder_is_taken(store, folder, database_url, tmp_path) -> None:
    elsewhere = tmp_path / "elsewhere"
    with open_store(database_url, str(elsewhere)) as moved:
        assert moved.housekeeping.stopped == ""
    assert (elsewhere / MARK).read_text() == (folder / MARK).read_text()


def test_a_folder_of_something_else_is_not_taken(database_url: str, folder: Path) -> None:
    folder.mkdir()
    (folder / "app.py").write_text("print('the program')")
    with open_store(database_url, str(folder)) as store:
        assert_nothing_goes(store)
    assert not (folder / MARK).exists()


def of_an_older_version(store: Store) -> None:
    """Take back what this version has added."""
    with store.engine.begin() as connection:
        connection.execute(delete(identity_table))
        connection.execute(delete(unnamed_files))


@pytest.mark.parametrize("remains", [0, identity.UNNAMED_AT_MOST])
def test_the_files_of_an_older_version_are_taken(store, folder, database_url, remains) -> None:
    save_runs(store, 3)
    for _ in range(remains):
        store.artifacts.save("gone", "weights.npz", str(_).encode())
    of_an_older_version(store)
    (folder / MARK).unlink()
    with open_store(database_url, str(folder)) as again:
        assert again.housekeeping.stopped == ""
        assert (folder / MARK).read_text() == id_of(again)
        assert again.housekeeping.prune(STRICT).runs == 3


@pytest.mark.parametrize("named", [0, 3])
def test_files_that_an_old_database_does_not_name_are_not_taken(
    store, folder, database_url, named
) -> None:
    save_runs(store, named)
    for number in range(identity.UNNAMED_AT_MOST + 1 if named else 1):
        store.artifacts.save("gone", "weights.npz", str(number).encode())
    of_an_older_version(store)
    (folder / MARK).unlink()
    with open_store(database_url, str(folder)) as again:
        assert_nothing_goes(again)
    assert not (folder / MARK).exists()


def test_a_backup_from_before_finds_its_files_again(store, folder, database_url) -> None:
    """Its database has no id yet, but names the files, which have one."""
    save_runs(store, 3)
    mark = (folder / MARK).read_text()
    of_an_older_version(store)
    with open_store(database_url, str(folder)) as restored:
        assert restored.housekeeping.stopped == ""
        assert id_of(restored) == mark


def test_files_that_cannot_be_reached_do_not_keep_the_store_closed(
    database_url, folder, monkeypatch, caplog
) -> None:
    def fail(_: Artifacts) -> None:
        raise PermissionError("the bucket is locked")

    with monkeypatch.context() as patch:
        patch.setattr(Artifacts, "mark", fail)
        with open_store(database_url, str(folder)) as store:
            assert "the bucket is locked" in caplog.text
            with pytest.raises(PermissionError):
                store.housekeeping.prune(STRICT)
            assert store.runs.active() == []
    with open_store(database_url, str(folder)) as store:
        assert store.housekeeping.stopped == ""


def _opened(url: str, folder: str) -> str:
    with open_store(url, folder) as store:
        return f"{id_of(store)}{store.housekeeping.stopped}"


def test_many_processes_that_open_a_new_store_agree(database_url: str, folder: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        opened = [pool.submit(_opened, database_url, str(folder)) for _ in range(8)]
        ids = {each.result(60) for each in opened}
    assert ids == {(folder / MARK).read_text()}


def test_any_store_that_fsspec_knows_is_marked(database_url: str) -> None:
    with open_store(database_url, f"memory://{token_hex()}") as store:
        assert store.artifacts.mark() == id_of(store)
        assert store.artifacts.sizes() == {}
        assert store.housekeeping.stopped == ""


def test_an_empty_url_is_no_folder() -> None:
    with pytest.raises(ValueError, match="found an empty one"):
        Artifacts("")


def test_a_copied_store_keeps_its_id(store, folder, database_url, tmp_path) -> None:
    save_runs(store, 1)
    shutil.copytree(folder, tmp_path / "copy")
    with open_store(database_url, str(tmp_path / "copy")) as copied:
        assert copied.housekeeping.stopped == ""
