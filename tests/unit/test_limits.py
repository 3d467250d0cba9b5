"""What one visitor may take of the queue, on SQLite and on PostgreSQL."""

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from config.environment import config_from_environment
from digits.settings import TrainingSettings
from model_store.limits import Limits, TooManyRuns
from model_store.records import Run, State
from model_store.run_rows import SECONDS_OF_TWO_TAPS
from model_store.store import Store

LIMITS = Limits(running=1, waiting=3)
SETTINGS = TrainingSettings().model_dump(mode="json")
_seeds = count()


def put_in_line(store: Store, visitor: str, **settings: float) -> Run:
    """Each of them another one, if nothing else is said: the same at once would be a double tap."""
    wanted = SETTINGS | {"seed": next(_seeds)} | settings
    return store.runs.create(visitor, wanted, "test", limits=LIMITS)


def test_a_fifth_run_is_refused_in_words(store: Store) -> None:
    for _ in range(4):
        put_in_line(store, "ann")
    with pytest.raises(TooManyRuns, match="4 runs in line"):
        put_in_line(store, "ann")
    put_in_line(store, "bob")
    assert len(store.runs.active()) == 5


def test_many_presses_at_once_make_no_more_runs(store: Store) -> None:
    def press(_: int) -> bool:
        try:
            put_in_line(store, "ann")
        except TooManyRuns:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(press, range(20))) == 4


def test_a_double_tap_puts_one_run_in_line_also_where_there_is_no_room_for_two(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [put_in_line(store, "ann").id for _ in range(3)]
    with ThreadPoolExecutor(8) as threads:
        taps = [*threads.map(lambda _: put_in_line(store, "ann", seed=99).id, range(8))]
    assert len({*taps}) == 1
    assert len(store.runs.active()) == len(others) + 1
    assert put_in_line(store, "bob", seed=99).id not in taps, "another visitor's is another run"
    store.runs.change(others[0], state=State.FINISHED)
    later = time.time() + SECONDS_OF_TWO_TAPS
    monkeypatch.setattr(time, "time", lambda: later)
    assert put_in_line(store, "ann", seed=99).id not in taps, "a press of its own is another run"


def test_what_has_ended_is_trained_again(store: Store) -> None:
    first = put_in_line(store, "ann", seed=99)
    store.runs.change(first.id, state=State.FAILED)
    assert put_in_line(store, "ann", seed=99).id != first.id


def test_a_double_tap_plans_several_runs_once(store: Store) -> None:
    wanted = [("one", SETTINGS), ("another", SETTINGS), ("third", SETTINGS | {"seed": 5})]
    planned = store.planned.add("ann", wanted)
    store.runs.requeue(planned[0].id, "ann", SETTINGS, LIMITS)
    again = store.planned.add("ann", wanted)
    assert [run.id for run in again] == [run.id for run in planned], (
        "one of them is in line already"
    )
    assert len(store.planned.add("ann", [*wanted, ("fourth", SETTINGS)])) == 4


def test_only_one_run_of_a_visitor_is_in_work(store: Store) -> None:
    first, second, other = (put_in_line(store, visitor) for visitor in ("ann", "ann", "bob"))
    taken = [store.queue.claim(f"ticket-{number}", LIMITS) for number in range(3)]
    assert [run and run.id for run in taken] == [first.id, other.id, None]
    store.runs.change(first.id, state=State.FINISHED)
    again = store.queue.claim("ticket-3", LIMITS)
    assert again
    assert again.id == second.id


def test_workers_that_ask_at_once_take_one_run_of_a_visitor(store: Store) -> None:
    for visitor in ("ann", "bob"):
        for _ in range(3):
            put_in_line(store, visitor)
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda n: store.queue.claim(f"ticket-{n}", LIMITS), range(8)))
    assert sorted(run.visitor for run in taken if run) == ["ann", "bob"]


def test_a_run_that_goes_on_counts_as_well(store: Store) -> None:
    rested = put_in_line(store, "ann")
    store.runs.change(rested.id, state=State.PAUSED)
    for _ in range(4):
        put_in_line(store, "ann")
    with pytest.raises(TooManyRuns):
        store.runs.requeue(rested.id, "ann", SETTINGS, LIMITS)


def test_only_the_owner_renames(store: Store) -> None:
    run = put_in_line(store, "ann")
    assert not store.runs.rename(run.id, "bob", "mine now")
    assert store.runs.rename(run.id, "ann", "My first")
    found = store.runs.get(run.id)
    assert found
    assert found.name == "My first"


def test_the_operator_sets_them(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    for name, value in (
        ("DATA_FOLDER", str(tmp_path)),
        ("RUNS_AT_ONCE", "2"),
        ("RUNS_WAITING", "5"),
        ("MINUTES_A_RUN", "7.5"),
    ):
        monkeypatch.setenv(name, value)
    assert config_from_environment().limits == Limits(2, 5, 7.5)
    monkeypatch.setenv("RUNS_AT_ONCE", "many")
    with pytest.raises(ValueError, match="RUNS_AT_ONCE has to be a number"):
        config_from_environment()
