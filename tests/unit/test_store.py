"""The store: runs, queue, progress and files, on a real SQLite and a real PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from fsspec.implementations.local import LocalFileSystem
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete

import model_store.progress
from model_store.artifacts import ArtifactMissing, Artifacts
from model_store.database import runs
from model_store.progress import Superseded
from model_store.records import (
    Epoch,
    FineTuningResult,
    LabelledDrawing,
    PlannedFineTuning,
    Points,
    Requests,
    State,
    StopRequest,
    StoredProgress,
    fine_tuning_from_json,
)
from model_store.store import Store, open_store

NO_POINTS = Points()


def points(first: int, last: int) -> Points:
    steps = np.arange(first, last + 1, dtype=np.int32)
    return Points(
        steps,
        {
            "loss": (1 / steps).astype(np.float32),
            "accuracy": np.linspace(0, 1, len(steps), dtype=np.float32),
        },
    )


def epoch(number: int, last_step: int) -> Epoch:
    return Epoch(number, last_step, 0.5, 0.9, None, None, 1.0)


def test_a_run_comes_back_as_it_was_put_in(store: Store) -> None:
    run = store.runs.create("ann", {"epochs": 5}, "784-10")
    assert store.runs.get(run.id) == run
    assert run.state == State.QUEUED
    assert run.is_active


@pytest.mark.parametrize("name", ["", "nobody", "../../etc/passwd", "' OR 1=1 --", "x" * 5000])
def test_an_unknown_run_is_none(store: Store, name: str) -> None:
    store.runs.create("ann", {}, "a")
    assert store.runs.get(name) is None


def test_a_visitor_sees_own_runs_newest_first(store: Store) -> None:
    first, second = (store.runs.create("ann", {}, name) for name in "ab")
    store.runs.create("bob", {}, "c")
    assert [run.id for run in store.runs.of_visitor("ann")] == [second.id, first.id]


def test_runs_in_work_are_those_that_wait_or_train(store: Store) -> None:
    runs = {state: store.runs.create("ann", {}, state) for state in State}
    store.runs.create("bob", {}, "queued too")
    for state, run in runs.items():
        store.runs.change(run.id, state=state)
    found = [run.state for run in store.runs.in_work("ann")]
    assert found == [State.QUEUED, State.RUNNING]
    assert not store.runs.in_work("nobody")


def test_runs_survive_reopening(database_url: str, tmp_path: Path) -> None:
    address = database_url, str(tmp_path)
    with open_store(*address) as store:
        run = store.runs.create("ann", {}, "a")
    with open_store(*address) as store:
        assert store.runs.get(run.id) == run


class TestWishes:
    def test_only_the_owner_may_stop(self, store: Store) -> None:
        run = store.runs.create("ann", {}, "a")
        assert not store.runs.request_stop(run.id, "bob", StopRequest.STOP)
        assert store.runs.get(run.id) == run

    def test_a_waiting_run_stops_at_once(self, store: Store) -> None:
        run = store.runs.create("ann", {}, "a")
        assert store.runs.request_stop(run.id, "ann", StopRequest.STOP)
        stopped = store.runs.get(run.id)
        assert stopped is not None
        assert stopped.state == State.STOPPED
        assert store.queue.claim("ticket") is None

    def test_a_running_run_hears_of_it_with_its_next_report(self, store: Store) -> None:
        run = store.runs.create("ann", {}, "a")
        store.queue.claim("ticket")
        assert store.runs.request_stop(run.id, "ann", StopRequest.PAUSE)
        asked = store.progress.append(run.id, "ticket", StoredProgress(NO_POINTS, []), step=1)
        assert asked == Requests(StopRequest.PAUSE)

    def test_a_run_at_rest_goes_on(self, store: Store) -> None:
        run = store.runs.create("ann", {"epochs": 5}, "a")
        assert not store.runs.requeue(run.id, "ann", {"epochs": 9}), "it is active"
        store.runs.change(run.id, state=State.STOPPED, ticket="old")
        assert not store.runs.requeue(run.id, "bob", {"epochs": 9}), "it is not his"
        assert store.runs.requeue(run.id, "ann", {"epochs": 9})
        again = store.queue.claim("new")
        assert again is not None
        assert again.settings == {"epochs": 9}

    def test_a_lesson_comes_back_as_it_was_put_in(self, store: Store) -> None:
        run = store.runs.create("ann", {}, "taught", PlannedFineTuning("source"))
        assert store.runs.get(run.id) == run
        given = FineTuningResult("source", 2, 0.0, 1.0, 0.98, 0.97, (7, 4))
        store.runs.change(run.id, fine_tuning=given)
        assert store.runs.of_visitor("ann")[0].fine_tuning == given

    @pytest.mark.parametrize(
        ("kept", "fine_tuning"),
        [
            (None, None),
            ({"source": "a"}, PlannedFineTuning("a")),
            ({"source": "a", "drawings": 2, "before": 0.4, "after": 0.9}, PlannedFineTuning("a")),
            (
                {"source": "a", "drawings": 2, "own_before": 0, "own_after": 1}
                | {"test_before": 0.5, "test_after": 0.25},
                FineTuningResult("a", 2, 0, 1, 0.5, 0.25),
            ),
        ],
    )
    def test_fine_tunings_are_read_leniently(self, kept: object, fine_tuning: object) -> None:
        assert fine_tuning_from_json(kept) == fine_tuning

    def test_only_the_owner_deletes_and_only_at_rest(self, store: Store) -> None:
        run = store.runs.create("ann", {}, "a")
        assert not store.runs.delete(run.id, "ann")
        store.runs.change(run.id, state=State.FINISHED)
        assert not store.runs.delete(run.id, "bob")
        assert store.runs.delete(run.id, "ann")
        assert store.runs.get(run.id) is None

    def test_what_is_deleted_can_be_brought_back_by_its_owner(self, store: Store) -> None:
        run = store.runs.create("ann", {}, "a")
        store.runs.change(run.id, state=State.FINISHED)
        assert not store.runs.restore(run.id, "ann"), "it is there"
        store.runs.delete(run.id, "ann")
        assert not store.runs.delete(run.id, "ann")
        assert store.runs.of_visitor("ann") == []
        assert store.runs.count_by_state() == {}
        assert not store.runs.rename(run.id, "ann", "b")
        assert not store.runs.requeue(run.id, "ann", {})
        assert not store.runs.restore(run.id, "bob")
        assert store.runs.restore(run.id, "ann")
        assert [each.name for each in store.runs.of_visitor("ann")] == ["a"]


def test_one_correction_is_taken_back_by_its_visitor_alone(store: Store) -> None:
    for label in (7, 4, 7):
        store.corrections.add("ann", LabelledDrawing(bytes(784), label))
    wrong = store.corrections.of_visitor("ann")[1]
    assert not store.corrections.take_back("bob", wrong.id)
    assert store.corrections.take_back("ann", wrong.id)
    assert not store.corrections.take_back("ann", wrong.id)
    assert [each.label for each in store.corrections.of_visitor("ann")] == [7, 7]


class TestQueue:
    def test_runs_of_one_visitor_come_in_order(self, store: Store) -> None:
        made = [store.runs.create("ann", {}, name).id for name in "abc"]
        claimed = [store.queue.claim(ticket) for ticket in "123"]
        assert [run.id for run in claimed if run] == made

    def test_visitors_take_turns(self, store: Store) -> None:
        for visitor in ("ann", "ann", "ann", "bob", "bob", "cem"):
            store.runs.create(visitor, {}, visitor)
        order = []
        for ticket in range(6):
            run = store.queue.claim(str(ticket))
            assert run
            order.append(run.visitor)
        assert order == ["ann", "bob", "cem", "ann", "bob", "ann"]

    def test_a_ticket_worked_off_again_gets_its_run_back(self, store: Store) -> None:
        first = store.runs.create("ann", {}, "a")
        store.runs.create("bob", {}, "b")
        for _ in range(2):
            claimed = store.queue.claim("ticket")
            assert claimed
            assert claimed.id == first.id

    def test_no_run_is_given_away_twice(self, store: Store) -> None:
        made = {store.runs.create(f"visitor {n % 3}", {}, "a").id for n in range(24)}
        with ThreadPoolExecutor(8) as pool:
            claimed = list(pool.map(store.queue.claim, map(str, range(30))))
        ids = [run.id for run in claimed if run]
        assert len(ids) == 24
        assert set(ids) == made


class TestProgress:
    @pytest.fixture
    def run_id(self, store: Store) -> str:
        run_id = store.runs.create("ann", {}, "a").id
        store.queue.claim("ticket")
        return run_id

    def test_it_is_read_from_a_cursor_on(self, store: Store, run_id: str) -> None:
        store.progress.append(run_id, "ticket", StoredProgress(points(1, 4), []), step=4)
        store.progress.append(run_id, "ticket", StoredProgress(points(5, 9), [epoch(1, 9)]), step=9)
        everything = store.progress.since(run_id)
        np.testing.assert_array_equal(everything.points.steps, np.arange(1, 10))
        np.testing.assert_array_equal(everything.points["loss"], points(1, 9)["loss"])
        later = store.progress.since(run_id, 4)
        np.testing.assert_array_equal(later.points.steps, np.arange(5, 10))
        assert later.epochs == [epoch(1, 9)]
        assert not len(store.progress.since(run_id, 9).points)

    def test_a_report_that_comes_while_it_is_read_counts_once(
        self, store: Store, run_id: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store.progress.append(run_id, "ticket", StoredProgress(points(1, 4), []), step=4)
        late = [StoredProgress(points(5, 9), [epoch(1, 9)])]

        def between(row: object) -> Points:
            """Have the report come after the points were asked for, before the epochs are."""
            if late:
                store.progress.append(run_id, "ticket", late.pop(), step=9)
            return unpacked(row)

        unpacked = model_store.progress._unpacked
        monkeypatch.setattr(model_store.progress, "_unpacked", between)
        first = store.progress.since(run_id)
        cursor = int(first.points.steps[-1])
        second = store.progress.since(run_id, cursor)
        assert [*first.epochs, *second.epochs] == [epoch(1, 9)]
        steps = Points.joined([first.points, second.points]).steps
        np.testing.assert_array_equal(steps, np.arange(1, 10))

    def test_steps_to_be_taken_again_are_forgotten(self, store: Store, run_id: str) -> None:
        for first, last in ((1, 4), (5, 9)):
            report = StoredProgress(points(first, last), [epoch(last, last)])
            store.progress.append(run_id, "ticket", report, step=last)
        store.progress.rewind(run_id, 4)
        left = store.progress.since(run_id)
        assert left.points.steps[-1] == 4
        assert left.epochs == store.progress.epochs(run_id) == [epoch(4, 4)]

    def test_a_report_that_is_sent_again_counts_once(self, store: Store, run_id: str) -> None:
        first = StoredProgress(points(1, 4), [epoch(1, 4)])
        second = StoredProgress(points(5, 9), [epoch(2, 9)])
        for report in (first, second, second):
            store.progress.append(run_id, "ticket", report, step=9)
        kept = store.progress.since(run_id)
        np.testing.assert_array_equal(kept.points.steps, np.arange(1, 10))
        assert kept.epochs == [epoch(1, 4), epoch(2, 9)]

    def test_another_ticket_is_turned_away(self, store: Store, run_id: str) -> None:
        with pytest.raises(Superseded, match="does not belong to ticket stale"):
            store.progress.append(run_id, "stale", StoredProgress(points(1, 2), []), step=2)
        assert not len(store.progress.since(run_id).points)

    def test_it_goes_with_its_run(self, store: Store, run_id: str) -> None:
        store.progress.append(run_id, "ticket", StoredProgress(points(1, 2), [epoch(1, 2)]), step=2)
        store.runs.change(run_id, state=State.FINISHED)
        with store.engine.begin() as connection:
            connection.execute(delete(runs).where(runs.c.id == run_id))
        assert store.progress.since(run_id).epochs == []
        assert not len(store.progress.since(run_id).points)


class TestArtifacts:
    @pytest.fixture
    def artifacts(self, tmp_path: Path) -> Artifacts:
        return Artifacts(str(tmp_path))

    @given(content=st.binary(max_size=200))
    def test_what_is_saved_is_read_back(self, content: bytes) -> None:
        artifacts = Artifacts("memory://artifacts")
        reference = artifacts.save("run", "weights.npz", content)
        assert reference.endswith(".npz")
        assert artifacts.load("run", reference) == content

    def test_a_newer_file_leaves_the_older_one_whole(self, artifacts: Artifacts) -> None:
        old = artifacts.save("run", "weights.npz", b"old")
        new = artifacts.save("run", "weights.npz", b"new")
        assert artifacts.load("run", old) == b"old"
        artifacts.delete("run", keep=frozenset([new]))
        assert artifacts.load("run", new) == b"new"
        with pytest.raises(ArtifactMissing, match="gone from the store"):
            artifacts.load("run", old)

    def test_damage_is_noticed(self, artifacts: Artifacts, tmp_path: Path) -> None:
        reference = artifacts.save("run", "weights.npz", b"weights")
        (tmp_path / "run" / reference).write_bytes(b"weig")
        with pytest.raises(ArtifactMissing, match="damaged"):
            artifacts.load("run", reference)

    def test_files_that_others_delete_meanwhile_do_not_stop_a_deletion(
        self, artifacts: Artifacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for content in (b"1", b"2", b"3"):
            artifacts.save("run", "weights.npz", content)
        rm_file = LocalFileSystem.rm_file

        def rm_file_after_another(files: LocalFileSystem, path: str) -> None:
            Path(path).unlink()
            rm_file(files, path)

        monkeypatch.setattr(LocalFileSystem, "rm_file", rm_file_after_another)
        artifacts.delete("run")
        artifacts.delete("run")
        assert list(tmp_path.iterdir()) == []

    def test_deleting_takes_all_of_a_run_and_nothing_else(
        self, artifacts: Artifacts, tmp_path: Path
    ) -> None:
        artifacts.save("one", "weights.npz", b"1")
        kept = artifacts.save("two", "weights.npz", b"2")
        artifacts.delete("one")
        artifacts.delete("never there")
        assert artifacts.load("two", kept) == b"2"
        assert [path.name for path in tmp_path.iterdir()] == ["two"]

    def test_no_unfinished_file_is_left(self, artifacts: Artifacts, tmp_path: Path) -> None:
        artifacts.save("run", "weights.npz", b"weights")
        assert not list(tmp_path.rglob("*.part"))
