"""When runs will start, played through for queues whose answer is known."""

from dataclasses import replace

import pytest

from digits.settings import TrainingSettings
from model_store.limits import Limits
from model_store.records import Run, State
from trainer.outlook import SECONDS_TO_BEGIN_AND_END, outlook

SETTINGS = TrainingSettings(validation_split=0).model_dump(mode="json")
STEPS = 5 * 938
# Of one run of these settings, at a hundred steps a second.
WHOLE = STEPS / 100


def waiting_run(name: str, visitor: str) -> Run:
    return Run(name, visitor, name, 0.0, State.QUEUED, SETTINGS)


def running(visitor: str, seconds_left: float) -> Run:
    run = waiting_run(f"of {visitor}", visitor)
    step = STEPS - round(100 * seconds_left)
    return replace(run, state=State.RUNNING, step=step, total_steps=STEPS, steps_per_second=100.0)


def seconds(running_runs: list[Run], waiting: list[Run], places: int, visitor: str) -> float:
    return outlook(running_runs, waiting, places, Limits(), visitor).seconds


def test_where_there_is_room_it_starts_at_once() -> None:
    assert outlook([], [], 2, Limits(), "ann") == (0, 0.0)
    assert seconds([running("bob", 10)], [], 2, "ann") == 0


def test_where_there_is_none_it_waits_for_the_next_to_end() -> None:
    found = seconds([running("bob", 10), running("cid", 20)], [], 2, "ann")
    assert found == pytest.approx(10 + SECONDS_TO_BEGIN_AND_END)


def test_those_ahead_take_their_time() -> None:
    runs = [running("bob", 10)]
    ahead, found = outlook(runs, [waiting_run("d", "dan")], 1, Limits(), "ann")
    assert ahead == 1
    whole = 10 + WHOLE + 2 * SECONDS_TO_BEGIN_AND_END
    assert found == pytest.approx(whole, rel=0.01)


def test_ones_own_run_has_to_end_first() -> None:
    found = seconds([running("ann", 30)], [], 2, "ann")
    assert found == pytest.approx(30 + SECONDS_TO_BEGIN_AND_END)


def test_a_run_in_line_is_found_in_it() -> None:
    waiting = [waiting_run("a", "ann"), waiting_run("b", "bob")]
    assert outlook([running("cid", 5)], waiting, 1, Limits(), "bob", "b").ahead == 1
    assert outlook([running("cid", 5)], waiting, 1, Limits(), "ann", "a").ahead == 0
