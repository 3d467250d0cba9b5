"""A real disk of 4 MB that is full in the middle of a run: nothing is lost, and it is said."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from model_store.database import StoreUnavailable
from model_store.records import LabelledDrawing, State
from tests.support.disk import Hog
from tests.support.workbench import Workbench
from trainer import retry


def many_times(do: Callable[[], object]) -> None:
    """Do it until it has used up what little room there may be within the database's own file."""
    for _ in range(100):
        do()


@pytest.fixture(params=["all of it", "the database", "the files"])
def bench(request, small_disk: Path, tmp_path: Path) -> Iterator[Workbench]:
    """Keep all of a store, or part of it, on the small disk."""
    database = tmp_path if request.param == "the files" else small_disk
    artifacts = tmp_path if request.param == "the database" else small_disk
    with closing(Workbench(database / "store.db", artifacts / "artifacts")) as bench:
        yield bench


def test_a_run_fails_in_words_and_goes_on_when_there_is_room(
    bench: Workbench, hog: Hog, monkeypatch, assert_as_undisturbed
) -> None:
    monkeypatch.setattr(retry, "RETRY_SECONDS", 1.0)
    failed = bench.carry_out(bench.new_run(), 300, lambda: hog.start(5))
    assert failed.state == State.FAILED
    assert "no room left on the disk" in failed.failure or "No space left" in failed.failure
    assert failed.step >= 300
    hog.join()
    assert_as_undisturbed(bench, bench.go_on(failed.id))


def test_a_disk_that_is_full_for_a_moment_only_delays(
    bench: Workbench, hog: Hog, monkeypatch, assert_as_undisturbed
) -> None:
    monkeypatch.setattr(retry, "RETRY_SECONDS", 20.0)
    assert_as_undisturbed(bench, bench.carry_out(bench.new_run(), 300, lambda: hog.start(2)))


@pytest.fixture
def small_bench(small_disk: Path) -> Iterator[Workbench]:
    with closing(Workbench(small_disk / "store.db", small_disk / "artifacts")) as bench:
        yield bench


def test_what_a_visitor_submits_is_refused_in_words(small_bench: Workbench, hog: Hog) -> None:
    bench = small_bench
    kept = bench.new_run()
    hog.start()
    with pytest.raises(StoreUnavailable, match="no room left on the disk"):
        many_times(bench.new_run)
    correction = LabelledDrawing(bytes(784), 7)
    with pytest.raises(StoreUnavailable, match="no room left on the disk"):
        many_times(lambda: bench.store.corrections.add("ann", correction))
    assert bench.found(kept).state == State.QUEUED
    hog.end()
    bench.new_run()


def test_a_file_that_does_not_fit_leaves_nothing_behind(
    small_bench: Workbench, small_disk: Path
) -> None:
    bench = small_bench
    kept = bench.store.artifacts.save("run", "weights.npz", b"old")
    with pytest.raises(OSError, match="No space left"):
        bench.store.artifacts.save("run", "weights.npz", bytes(2**23))
    assert [path.name for path in (small_disk / "artifacts" / "run").iterdir()] == [kept]
    assert bench.store.artifacts.load("run", kept) == b"old"
