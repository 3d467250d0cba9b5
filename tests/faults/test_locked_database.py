"""An SQLite store that another program keeps locked in the middle of a run."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from model_store import database
from model_store.database import StoreUnavailable
from model_store.records import State
from tests.support.workbench import Workbench
from trainer import retry


@pytest.fixture
def bench(tmp_path: Path, monkeypatch) -> Iterator[Workbench]:
    monkeypatch.setattr(database, "SECONDS_TO_WAIT_FOR_OTHERS", 0.2)
    with closing(Workbench(tmp_path / "store.db", tmp_path / "artifacts")) as bench:
        yield bench


@pytest.fixture
def lock(tmp_path: Path) -> Iterator[Callable[[float], None]]:
    """Lock the store for some seconds."""
    timers = []

    def hold(seconds: float) -> None:
        other = sqlite3.connect(tmp_path / "store.db", check_same_thread=False)
        other.execute("begin immediate")
        timers.append(threading.Timer(seconds, other.close))
        timers[-1].start()

    yield hold
    for timer in timers:
        timer.join()


def test_a_lock_that_is_let_go_only_delays(bench: Workbench, lock, assert_as_undisturbed) -> None:
    run = bench.carry_out(bench.new_run(), 300, lambda: lock(3))
    assert_as_undisturbed(bench, run)


def test_a_run_fails_in_words_and_goes_on(
    bench: Workbench, lock, monkeypatch, assert_as_undisturbed
) -> None:
    monkeypatch.setattr(retry, "RETRY_SECONDS", 1.0)
    failed = bench.carry_out(bench.new_run(), 300, lambda: lock(5))
    assert failed.state == State.FAILED
    assert "is busy" in failed.failure
    assert_as_undisturbed(bench, bench.go_on(failed.id))


def test_nothing_is_written_and_everything_can_be_read_meanwhile(bench: Workbench, lock) -> None:
    kept = bench.new_run()
    lock(1)
    with pytest.raises(StoreUnavailable, match="is busy"):
        bench.new_run()
    assert [run.id for run in bench.store.runs.active()] == [kept]


def a_page_that_fails() -> None:
    """Runs as a page of its own: what the app does with what a page did not catch."""
    import os

    from model_store.store import open_store
    from ui.shared.errors import show_error

    try:
        with open_store(os.environ["LOCKED_STORE"], "memory://locked") as store:
            store.runs.create("ann", {}, "test")
    except Exception as error:
        show_error(error)


def test_a_page_says_what_is_the_matter(bench: Workbench, lock, monkeypatch) -> None:
    monkeypatch.setenv("LOCKED_STORE", bench.config.database_url)
    lock(2)
    page = AppTest.from_function(a_page_that_fails, default_timeout=30).run()
    assert not page.exception
    assert "is busy" in page.error[0].value
