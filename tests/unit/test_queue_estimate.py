"""When runs will start, played through for queues whose answer is known."""

from dataclasses import replace

import pytest

from digits.settings import TrainingSettings
from model_store.limits import Limits
from model_store.records import Run, State
from trainer.duration_estimate import SLOWER_IN_COMPANY
from trainer.queue_estimate import QueueEstimate, estimate_wait

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


def seconds_left(run: Run) -> float | None:
    return run.seconds_left if run.state == State.RUNNING else WHOLE


def play(
    running_runs: list[Run], waiting: list[Run], places: int, visitor: str, run_id: str = ""
) -> QueueEstimate:
    return estimate_wait(running_runs, waiting, places, Limits(), visitor, seconds_left, run_id)


def seconds(running_runs: list[Run], waiting: list[Run], places: int, visitor: str) -> float | None:
    return play(running_runs, waiting, places, visitor).seconds


def test_where_there_is_room_it_starts_at_once() -> None:
    assert play([], [], 2, "ann") == (0, 0.0)
    assert seconds([running("bob", 10)], [], 2, "ann") == 0


def test_where_there_is_none_it_waits_for_the_next_to_end() -> None:
    found = seconds([running("bob", 10), running("cid", 20)], [], 2, "ann")
    assert found == pytest.approx(10)


def test_those_ahead_take_their_time() -> None:
    runs = [running("bob", 10)]
    ahead, found = play(runs, [waiting_run("d", "dan")], 1, "ann")
    assert ahead == 1
    assert found == pytest.approx(10 + WHOLE)


def test_runs_that_share_a_machine_take_longer() -> None:
    runs = [running("bob", 1), running("cid", 1000)]
    found = seconds(runs, [waiting_run("d", "dan")], 2, "ann")
    assert found == pytest.approx(1 + WHOLE * SLOWER_IN_COMPANY)


def test_a_time_that_nobody_can_know_is_not_invented() -> None:
    def unknown(run: Run) -> float | None:
        return None

    waiting = [waiting_run("b", "bob"), waiting_run("c", "cid")]
    assert estimate_wait([], waiting, 2, Limits(), "ann", unknown) == (2, None)
    assert estimate_wait([], waiting, 2, Limits(), "cid", unknown, "c") == (1, None)
    assert estimate_wait([], waiting, 2, Limits(), "bob", unknown, "b") == (0, 0.0)


def test_ones_own_run_has_to_end_first() -> None:
    found = seconds([running("ann", 30)], [], 2, "ann")
    assert found == pytest.approx(30)


def test_a_run_in_line_is_found_in_it() -> None:
    waiting = [waiting_run("a", "ann"), waiting_run("b", "bob")]
    assert play([running("cid", 5)], waiting, 1, "bob", "b").ahead == 1
    assert play([running("cid", 5)], waiting, 1, "ann", "a").ahead == 0
