"""When runs will start, played through for queues whose answer is known."""

from dataclasses import replace

import pytest

from digits.settings import TrainingSettings
from model_store.limits import Limits
from model_store.records import Run, State
from trainer.duration_estimate import SLOWER_BESIDE_OTHERS, DurationEstimator
from trainer.queue_estimate import QueueEstimate, estimate_wait
from trainer.queue_estimate import seconds_left as expected_seconds
from trainer.run_settings import share_done

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
    assert found == pytest.approx(1 + WHOLE * SLOWER_BESIDE_OTHERS)


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


class Known(DurationEstimator):
    """Knows that a step takes 10 ms, and half as much more in batches of 64."""

    def training(self, settings: TrainingSettings, share: float = 1.0) -> float | None:
        step = 0.01 if settings.batch_size == 32 else 0.015
        return settings.epochs * share * settings.steps_per_mnist_epoch * step

    def seconds(self, settings: TrainingSettings, share: float = 1.0) -> float | None:
        training = self.training(settings, share)
        return None if training is None else 3 + training

    def evaluation(self, settings: TrainingSettings) -> float:
        return 1.0


def test_epochs_of_other_batches_take_their_own_time() -> None:
    settings = TrainingSettings(validation_split=0, batch_size=32, epochs=2)
    changes = [{"step": 1875, "batch_size": 64}]
    run = Run("a", "ann", "a", 0.0, State.QUEUED, settings.model_dump(), changes=changes)
    first, second = 1875 * 0.01, 938 * 0.015
    found = expected_seconds(run, Known())
    assert found == pytest.approx(3 + first + second)
    begun = replace(run, state=State.RUNNING, total_steps=1875 + 938)
    # Twice as slow as was known, in either batch, for long enough to be trusted.
    half = replace(begun, step=1000, steps_per_second=50.0, elapsed=20.0)
    found = expected_seconds(half, Known())
    assert found == pytest.approx(2 * (8.75 + second) + 1)
    later = replace(begun, step=2000, steps_per_second=1 / 0.03, elapsed=2 * (first + 125 * 0.015))
    found = expected_seconds(later, Known())
    assert found == pytest.approx(2 * (938 - 125) * 0.015 + 1)
    assert share_done(later) == pytest.approx((1 + 125 / 938) / 2)
