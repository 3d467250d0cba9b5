"""What is forgotten, and what is not, on a real SQLite and a real PostgreSQL."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from secrets import token_hex

import numpy as np
import pytest
from sqlalchemy import create_engine, delete, text, update

from config.environment import retention_from_environment
from model_store import identity, retention
from model_store.artifacts import MARK, Artifacts
from model_store.database import runs, unnamed_files
from model_store.limits import Retention
from model_store.records import (
    BoardEntry,
    Epoch,
    LabelledDrawing,
    PlannedFineTuning,
    Points,
    State,
    StoredProgress,
)
from model_store.retention import Forgotten
from model_store.store import Store, open_store

DAY = 86_400.0
NOTHING = Forgotten(0, 0, 0, 0, 0, 0)
USUAL = Retention()


@pytest.fixture
def make(store: Store, tmp_path: Path) -> Callable[..., str]:
    """Make a run that was last touched some days ago, with a file, points and an epoch."""

    def make(
        days: float, visitor: str = "ann", state: State = State.FINISHED, size: int = 10
    ) -> str:
        run = store.runs.create(visitor, {}, "test")
        then = time.time() - days * DAY
        reference = store.artifacts.save(run.id, "weights.npz", os.urandom(size))
        points = Points(np.array([1], np.int32), {"loss": np.ones(1, np.float32)})
        epoch = Epoch(1, 1, 0.5, 0.5, None, None, 1.0)
        store.progress.append(run.id, "", StoredProgress(points, [epoch]))
        store.runs.change(
            run.id,
            created_at=then,
            reported_at=then,
            state=state,
            artifacts={"weights.npz": reference},
        )
        _age(tmp_path / "artifacts" / run.id / reference, days)
        return run.id

    return make


def _age(path: Path, days: float) -> None:
    then = time.time() - days * DAY
    os.utime(path, (then, then))


def a_day_passes(store: Store) -> None:
    """Let what was seen so far have been seen a day earlier."""
    a_day_ago = {"seen_at": unnamed_files.c.seen_at - DAY - 1}
    with store.engine.begin() as connection:
        connection.execute(update(unnamed_files).values(a_day_ago))


def is_there(store: Store, run_id: str) -> bool:
    """Whether all of a run is there; it has to be there or gone as a whole."""
    run = store.runs.get(run_id)
    points = len(store.progress.since(run_id).points)
    files = store.artifacts.sizes().get(run_id, {})
    assert bool(run) == bool(points) == bool(store.progress.epochs(run_id)) == bool(files)
    return run is not None


@pytest.mark.parametrize("state", [State.FINISHED, State.STOPPED, State.FAILED, State.PAUSED])
def test_runs_are_forgotten_after_their_time(store, make, state) -> None:
    old, young = make(31, state=state), make(29, state=state)
    assert store.housekeeping.prune(USUAL) == Forgotten(1, 0, 0, 0, 0, 0)
    assert not is_there(store, old)
    assert is_there(store, young)
    assert store.housekeeping.prune(USUAL) == NOTHING


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING])
def test_active_runs_are_never_forgotten(store, make, state) -> None:
    active = make(400, state=state)
    assert store.housekeeping.prune(Retention(1, 1, 1)) == NOTHING
    assert is_there(store, active)


def test_what_an_active_run_is_taught_from_stays_until_it_is_taught(store, make) -> None:
    source = make(31)
    taught = store.runs.create("bob", {}, "taught", PlannedFineTuning(source))
    assert store.housekeeping.prune(USUAL) == NOTHING
    store.runs.change(taught.id, state=State.FINISHED)
    assert store.housekeeping.prune(USUAL).runs == 1
    assert not is_there(store, source)


def test_what_belongs_to_nobody_stays(store, make) -> None:
    ready_made = make(10_000, visitor="")
    assert store.housekeeping.prune(Retention(1, 1, 1)) == NOTHING
    assert is_there(store, ready_made)


def test_a_run_that_was_continued_counts_from_then(store, make) -> None:
    run_id = make(31)
    store.runs.change(run_id, reported_at=time.time() - DAY)
    assert store.housekeeping.prune(USUAL) == NOTHING


def test_of_many_runs_of_one_visitor_the_oldest_go(store, make) -> None:
    made = [make(days) for days in (5, 4, 3, 2, 1)]
    others = [make(days, visitor="bob") for days in (9, 8)]
    assert store.housekeeping.prune(Retention(runs_per_visitor=2)).runs == 3
    assert [is_there(store, run_id) for run_id in made] == [False, False, False, True, True]
    assert all(is_there(store, run_id) for run_id in others)


def test_a_run_of_the_last_hour_stays_however_many_there_are(store, make) -> None:
    made = [make(days) for days in (2, 0.03, 0.02, 0.01)]
    store.housekeeping.prune(Retention(30, 1, 1))
    assert [is_there(store, run_id) for run_id in made] == [False, True, True, True]


def test_of_too_many_bytes_those_untouched_for_longest_go(store, make) -> None:
    made = [make(days, visitor=str(days), size=1000) for days in (4, 1, 3, 2)]
    assert store.housekeeping.prune(Retention(total_bytes=2500)).runs == 2
    assert [is_there(store, run_id) for run_id in made] == [False, True, False, True]
    assert store.housekeeping.prune(Retention(total_bytes=2500)) == NOTHING


def test_a_run_that_is_taken_up_meanwhile_stays(store, make, monkeypatch) -> None:
    run_id = make(31)
    look = store.housekeeping._too_large

    def look_and_continue(*arguments: object) -> object:
        assert store.runs.requeue(run_id, "ann", {})
        return look(*arguments)

    monkeypatch.setattr(store.housekeeping, "_too_large", look_and_continue)
    assert store.housekeeping.prune(USUAL).runs == 0
    assert is_there(store, run_id)


def test_what_a_crash_left_is_found_later(store, make, monkeypatch, tmp_path) -> None:
    run_id = make(31)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Artifacts, "delete", crash)
        with pytest.raises(KeyboardInterrupt):
            store.housekeeping.prune(USUAL)
    assert store.runs.get(run_id) is None
    assert store.artifacts.sizes()[run_id]
    assert store.housekeeping.prune(USUAL) == NOTHING
    a_day_passes(store)
    assert store.housekeeping.prune(USUAL) == Forgotten(0, 1, 0, 0, 0, 0)
    assert [path.name for path in (tmp_path / "artifacts").iterdir()] == [MARK]


CHECKSUM = "0123456789abcdef" * 2


def test_files_go_when_they_were_seen_without_a_name_for_a_day(store, make, tmp_path) -> None:
    run_id = make(3, state=State.RUNNING)
    folder = tmp_path / "artifacts" / run_id
    named = store.runs.get(run_id).artifacts["weights.npz"]
    old, unfinished = f"old-{CHECKSUM}.npz", f"x-{CHECKSUM}.npz.0a1b2c3d.part"
    for name in (old, unfinished):
        (folder / name).write_bytes(b"something")
        _age(folder / name, 400)
    assert store.housekeeping.prune(USUAL) == NOTHING, "old, but seen for the first time"
    assert store.housekeeping.prune(USUAL) == NOTHING, "seen twice, but not for a day"
    a_day_passes(store)
    fresh = f"being-saved-{CHECKSUM}.npz"
    (folder / fresh).write_bytes(b"something")
    assert store.housekeeping.prune(USUAL) == Forgotten(0, 2, 0, 0, 0, 0)
    assert sorted(path.name for path in folder.iterdir()) == sorted([fresh, named])


def test_a_file_that_has_a_name_again_begins_its_day_anew(store, make) -> None:
    run_id = make(3)
    named = store.runs.get(run_id).artifacts

    def call(names: dict[str, str]) -> None:
        store.runs.change(run_id, artifacts=names)
        assert store.housekeeping.prune(USUAL) == NOTHING

    call({})
    a_day_passes(store)
    call(named)
    call({})
    assert is_there(store, run_id)


def test_a_file_that_was_written_anew_is_not_old(store, make, tmp_path) -> None:
    run_id = make(3)
    (path,) = (tmp_path / "artifacts" / run_id).iterdir()
    store.runs.change(run_id, artifacts={})
    store.housekeeping.prune(USUAL)
    a_day_passes(store)
    _age(path, 0)
    assert store.housekeeping.prune(USUAL) == NOTHING


FOREIGN = [
    "app.py",
    "README.md",
    "run/app.py",
    "run/notes.npz",
    f"run/deeper/weights-{CHECKSUM}.npz",
    f"weights-{CHECKSUM}.npz",
    f"run/weights-{CHECKSUM[:-1]}.npz",
    f"run/weights-{CHECKSUM}.npz.part",
    f"run/-{CHECKSUM}.npz",
    f"run.d/weights-{CHECKSUM}.npz",
    f"run/weights-{CHECKSUM}.npz\n",
]


def test_nothing_but_what_the_store_has_made_is_ever_deleted(store, make, tmp_path) -> None:
    run_id = make(3)
    root = tmp_path / "artifacts"
    foreign = {name.replace("run/", f"{run_id}/") for name in FOREIGN}
    for name in foreign:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("somebody's")
    ours = store.runs.get(run_id).artifacts["weights.npz"]
    assert store.artifacts.sizes() == {run_id: {ours: 10}}
    store.runs.change(run_id, created_at=0, reported_at=0)
    assert store.housekeeping.prune(USUAL).runs == 1
    a_day_passes(store)
    assert store.housekeeping.prune(USUAL).files == 0
    kept = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    assert kept == foreign | {MARK}


def test_what_was_deleted_is_forgotten_after_a_while(store, make) -> None:
    wanted, unwanted = make(0.1), make(0.1)
    for run_id in (wanted, unwanted):
        assert store.runs.delete(run_id, "ann")
    assert store.housekeeping.prune(USUAL) == NOTHING
    store.runs.restore(wanted, "ann")
    long_ago = time.time() - retention.SECONDS_TO_BRING_BACK - 1
    store.runs.change(unwanted, deleted_at=long_ago)
    assert store.housekeeping.prune(USUAL).runs == 1
    assert not store.runs.restore(unwanted, "ann")
    assert set(store.artifacts.sizes()) == {wanted}


def test_so_many_files_without_a_name_are_no_accident(store, make, caplog) -> None:
    made = [make(3, visitor=str(number)) for number in range(13)]
    gone = made[: identity.UNNAMED_AT_MOST + 1]
    with store.engine.begin() as connection:
        connection.execute(delete(runs).where(runs.c.id.in_(gone)))
    store.housekeeping.prune(USUAL)
    a_day_passes(store)
    assert store.housekeeping.prune(USUAL).files == 0
    assert "So many files have no record" in store.housekeeping.stopped
    assert "11 of 13 files have had no record" in caplog.records[-1].reason
    assert len(store.artifacts.sizes()) == 13

    store.artifacts.delete(gone[0])
    assert store.housekeeping.prune(USUAL).files == identity.UNNAMED_AT_MOST
    assert store.housekeeping.stopped == ""


def test_files_of_any_store_that_fsspec_knows_are_looked_after(database_url) -> None:
    with open_store(database_url, f"memory://{token_hex()}") as store:
        run = store.runs.create("ann", {}, "test")
        store.artifacts.save(run.id, "weights.npz", bytes(100))
        store.artifacts.save("nobody", "weights.npz", bytes(10))
        assert {each: sum(its.values()) for each, its in store.artifacts.sizes().items()} == {
            run.id: 100,
            "nobody": 10,
        }
        assert store.housekeeping.prune(USUAL) == NOTHING, "all of it is from today"
        store.artifacts.delete(run.id)
        store.artifacts.delete("nobody")


def test_drawings_and_visitors_are_forgotten_after_their_time(store, database_url) -> None:
    for visitor in ("ann", "bob"):
        store.corrections.add(visitor, LabelledDrawing(bytes(784), 7))
        store.own_digits.add(visitor, LabelledDrawing(bytes(784), 3))
        published_at = time.time() - (31 * DAY if visitor == "ann" else 0)
        store.board.publish(BoardEntry("Few", visitor, "Calm Otter", {}, 9, 0.9, published_at))
    engine = create_engine(database_url)
    with engine.begin() as connection:
        old = {"old": time.time() - 31 * DAY}
        for table in ("corrections", "own_digits"):
            connection.execute(
                text(f"update {table} set created_at = :old where visitor = 'ann'"), old
            )
        connection.execute(text("update visitors set seen_at = :old where visitor = 'ann'"), old)
    assert store.housekeeping.prune(USUAL) == Forgotten(0, 0, 1, 1, 1, 1)
    assert store.corrections.of_visitor("ann") == store.own_digits.of_visitor("ann") == []
    assert [entry.visitor for entry in store.board.best("Few", 9)] == ["bob"]
    assert store.own_digits.of_visitor("bob") == [LabelledDrawing(bytes(784), 3)]
    assert store.corrections.of_visitor("bob") == [LabelledDrawing(bytes(784), 7)]
    with engine.connect() as connection:
        assert connection.execute(text("select visitor from visitors")).scalars().all() == ["bob"]
    engine.dispose()


def test_several_processes_at_once_forget_each_run_once(store, make, database_url, tmp_path):
    old = [make(31 + n / 10, visitor=str(n % 3)) for n in range(24)]
    young = [make(3) for _ in range(4)]
    address = database_url, str(tmp_path / "artifacts")
    with ExitStack() as opened, ThreadPoolExecutor(4) as pool:
        stores = [opened.enter_context(open_store(*address)) for _ in range(4)]
        forgotten = list(pool.map(lambda each: each.housekeeping.prune(USUAL), stores))
    assert sum(each.runs for each in forgotten) == 24
    assert not any(is_there(store, run_id) for run_id in old)
    assert all(is_there(store, run_id) for run_id in young)


def test_after_a_jump_of_the_clock_nothing_is_forgotten_at_first(store, make, monkeypatch) -> None:
    run_id = make(0.5)
    real = time.time
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: real() + 365 * DAY)
        assert store.housekeeping.prune(USUAL) == NOTHING
    assert store.housekeeping.prune(USUAL) == NOTHING, "back again is a jump, too"
    assert is_there(store, run_id)
    store.runs.change(run_id, created_at=0, reported_at=0)
    assert store.housekeeping.prune(USUAL).runs == 1


def test_one_round_forgets_only_so_many(store, make, monkeypatch) -> None:
    monkeypatch.setattr(retention, "MOST_AT_ONCE", 2)
    made = [make(days) for days in (41, 43, 42)]
    assert store.housekeeping.prune(USUAL).runs == 2
    assert [is_there(store, run_id) for run_id in made] == [True, False, False]


def test_the_operator_sets_how_much_is_kept(monkeypatch) -> None:
    assert retention_from_environment() == USUAL
    monkeypatch.setenv("KEEP_DAYS", "7.5")
    monkeypatch.setenv("KEEP_RUNS_PER_VISITOR", "10")
    monkeypatch.setenv("KEEP_GIGABYTES", "2")
    assert retention_from_environment() == Retention(7.5, 10, 2 * 2**30)


@pytest.mark.parametrize("wrong", ["many", "0", "-3", "nan", "inf"])
def test_a_setting_that_makes_no_sense_is_said(monkeypatch, wrong: str) -> None:
    monkeypatch.setenv("KEEP_DAYS", wrong)
    with pytest.raises(ValueError, match="KEEP_DAYS has to be a number above 0"):
        retention_from_environment()
