"""How long runs are expected to take, of machines whose pace is known."""

import math
from dataclasses import replace

import pytest

from digits.recipes import DEFAULT_RECIPE, NOTEBOOK
from digits.settings import TRAINING_IMAGES, Optimizer, TrainingSettings
from model_store.records import Run, State
from tests.support.clock import Clock
from trainer.duration_estimate import (
    HALF_LIFE,
    PROBES,
    SECONDS_BETWEEN_PROBES,
    DurationEstimator,
    Timing,
    _step,
    seconds_beside_others,
    seconds_to_last_step,
)

FAR_APART = [
    NOTEBOOK,
    DEFAULT_RECIPE.model_copy(update={"augment": 0.0}),
    NOTEBOOK.model_copy(update={"hidden_layers": ()}),
    NOTEBOOK.model_copy(update={"hidden_layers": (1024, 1024)}),
    NOTEBOOK.model_copy(update={"batch_size": 1}),
    NOTEBOOK.model_copy(update={"batch_size": 4096}),
]
OVERFITTING = NOTEBOOK.model_copy(update={"hidden_layers": (512, 256)})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def estimator(clock: Clock) -> DurationEstimator:
    return DurationEstimator(clock)


def probe(
    estimator: DurationEstimator, factor: float, beginning: float = 0, deforming: float = 0
) -> None:
    """Time a machine that is so many times as slow as the one the figures come from."""
    for settings in PROBES:
        estimator.note_probe(settings, Timing(factor * _step(settings), beginning, deforming))


def alone(settings: TrainingSettings, seconds_a_step: float) -> Run:
    values = settings.model_dump(mode="json")
    run = Run("of ann", "ann", "test", 0.0, State.RUNNING, values)
    return replace(run, steps_per_second=1 / seconds_a_step, step=100, total_steps=1000)


def steps(settings: TrainingSettings) -> int:
    trained_on, _ = settings.split(TRAINING_IMAGES)
    return settings.epochs * settings.steps_per_epoch(trained_on)


def test_before_anything_was_measured_nothing_is_said(estimator: DurationEstimator) -> None:
    assert estimator.seconds(NOTEBOOK) is None
    assert estimator.teaching(NOTEBOOK) is None


@pytest.mark.parametrize("settings", FAR_APART)
def test_a_machine_half_as_fast_takes_twice_as_long(settings: TrainingSettings) -> None:
    fast, slow = DurationEstimator(), DurationEstimator()
    probe(fast, 0.3)
    probe(slow, 0.6)
    expected = fast.seconds(settings)
    assert expected
    assert slow.seconds(settings) == pytest.approx(2 * expected, rel=1e-6)
    assert expected > 0.3 * steps(settings) * _step(settings)


def test_what_was_measured_counts_more_the_more_alike_it_is(estimator: DurationEstimator) -> None:
    small, large = FAR_APART[2], FAR_APART[3]
    estimator.note_probe(small, Timing(_step(small), 0, 0))
    estimator.note_probe(large, Timing(3 * _step(large), 0, 0))
    likes = [model.model_copy(update={"epochs": 50}) for model in (small, large)]
    near_small, near_large = (estimator.seconds(each) or 0 for each in likes)
    assert near_small == pytest.approx(steps(likes[0]) * _step(small), rel=0.1)
    assert near_large == pytest.approx(3 * steps(likes[1]) * _step(large), rel=0.1)


def test_a_shape_never_seen_is_compiled_first(estimator: DurationEstimator) -> None:
    probe(estimator, 1, beginning=5)
    known, new = DEFAULT_RECIPE, DEFAULT_RECIPE.model_copy(update={"batch_size": 127})
    before, more = estimator.seconds(known), estimator.seconds(new)
    assert before
    assert more
    assert more - before == pytest.approx(5, abs=0.5)
    estimator.note_run(alone(new, _step(new)))
    again = estimator.seconds(new)
    assert again
    assert more - again > 4


def test_what_takes_more_work_is_expected_to_take_longer(estimator: DurationEstimator) -> None:
    probe(estimator, 1, deforming=2)

    def seconds(**changes: object) -> float:
        expected = estimator.seconds(NOTEBOOK.model_copy(update=changes))
        assert expected
        return expected

    assert seconds() < seconds(l1=1e-4) < seconds(l1=1e-4, l2=1e-4) < 1.4 * seconds()
    assert seconds(optimizer="sgd") < seconds(optimizer="nesterov") < seconds(optimizer="adamw")
    few = seconds(augment=1.0, images_used=500)
    assert few < seconds(augment=1.0, images_used=6000) < seconds(augment=1.0) / 3


def test_images_are_deformed_before_and_beside_the_training(estimator: DurationEstimator) -> None:
    probe(estimator, 1, deforming=2)
    plain = DEFAULT_RECIPE.model_copy(update={"augment": 0.0})
    without, deformed = estimator.seconds(plain), estimator.seconds(DEFAULT_RECIPE)
    assert without
    assert deformed
    used = 1 - DEFAULT_RECIPE.validation_split
    assert deformed > 2 * used * (DEFAULT_RECIPE.epochs + 1)
    assert deformed < without + 2 * used * (DEFAULT_RECIPE.epochs + 1)


def test_the_last_seconds_of_a_long_run_say_less_than_all_of_it(
    estimator: DurationEstimator,
) -> None:
    probe(estimator, 1)
    usual = estimator.seconds(DEFAULT_RECIPE)
    assert usual
    step = _step(DEFAULT_RECIPE)
    slow_of_late = alone(DEFAULT_RECIPE, 5 * step)
    long_run = replace(slow_of_late, step=math.ceil(40 / step), elapsed=math.ceil(40 / step) * step)
    estimator.note_run(long_run)
    assert estimator.seconds(DEFAULT_RECIPE) == pytest.approx(usual, rel=0.2)


def test_a_run_of_the_same_kind_is_believed_as_long_as_it_is_fresh(
    estimator: DurationEstimator, clock: Clock
) -> None:
    probe(estimator, 1)
    usual = estimator.seconds(DEFAULT_RECIPE)
    estimator.note_run(alone(DEFAULT_RECIPE, 5 * _step(DEFAULT_RECIPE)))
    other_seed = DEFAULT_RECIPE.model_copy(update={"seed": 1})
    now = estimator.seconds(other_seed)
    assert usual
    assert now == pytest.approx(5 * usual, rel=0.2)
    estimator.note_run(alone(DEFAULT_RECIPE, 20 * _step(DEFAULT_RECIPE)))
    blended = estimator.seconds(other_seed)
    assert blended == pytest.approx(10 * usual, rel=0.2)
    clock.now += 2 * HALF_LIFE
    probe(estimator, 1)
    assert estimator.seconds(other_seed) == pytest.approx(usual, rel=0.05)


@pytest.mark.parametrize("network", [DEFAULT_RECIPE, OVERFITTING])
def test_tiny_epochs_say_nothing_of_whole_ones(
    estimator: DurationEstimator, network: TrainingSettings
) -> None:
    """Seen: after 500 images, at 4.1 steps a second, five epochs of 47.8 s were called 8 min 30."""
    expected = estimator_at_48_seconds(estimator)
    tiny = network.model_copy(update={"images_used": 500, "epochs": 30})
    estimator.note_run(alone(tiny, 1 / 4.1))
    five_epochs = DEFAULT_RECIPE.model_copy(update={"epochs": 5})
    assert estimator.seconds(five_epochs) == pytest.approx(expected, rel=0.01)
    # What was seen of tiny epochs is true of tiny epochs.
    again = tiny.model_copy(update={"seed": 3})
    assert estimator.training(again) == pytest.approx(steps(again) / 4.1)


def test_tiny_epochs_alone_are_no_measurement_of_anything_else(
    estimator: DurationEstimator, clock: Clock
) -> None:
    tiny = NOTEBOOK.model_copy(update={"images_used": 500})
    estimator.note_run(alone(tiny, 1 / 4.1))
    assert estimator.seconds(NOTEBOOK) is None
    assert estimator.teaching(NOTEBOOK) is None
    assert estimator.evaluation(NOTEBOOK) == 0
    for _ in range(2):
        assert estimator.seconds(tiny) == pytest.approx(steps(tiny) / 4.1)
        clock.now += 2 * HALF_LIFE


def test_few_large_batches_are_a_measurement_all_the_same(estimator: DurationEstimator) -> None:
    large = NOTEBOOK.model_copy(update={"batch_size": 4096})
    estimator.note_run(alone(large, 2 * _step(large)))
    expected = estimator.seconds(large.model_copy(update={"hidden_layers": (16,)}))
    assert expected


def estimator_at_48_seconds(estimator: DurationEstimator) -> float:
    """Time a machine that takes 48 seconds for five epochs of the page's start."""
    five_epochs = DEFAULT_RECIPE.model_copy(update={"epochs": 5})
    probe(estimator, 1, deforming=1)
    usual = estimator.seconds(five_epochs)
    assert usual
    estimator.forget()
    probe(estimator, 47.8 / usual, deforming=47.8 / usual)
    expected = estimator.seconds(five_epochs)
    assert expected
    assert expected == pytest.approx(47.8, rel=0.01)
    return expected


def test_half_of_a_run_takes_half_the_time(estimator: DurationEstimator) -> None:
    probe(estimator, 1)
    whole, half = estimator.seconds(NOTEBOOK), estimator.seconds(NOTEBOOK, 0.5)
    assert whole
    end = estimator.evaluation(NOTEBOOK)
    assert half == pytest.approx((whole - end) / 2 + end)


def test_an_idle_worker_is_timed_with_one_thing_after_the_other(
    estimator: DurationEstimator, clock: Clock
) -> None:
    for settings in 2 * PROBES:
        assert estimator.due() == settings
        estimator.note_probe(settings, Timing(1.0, 1.0, 0.0))
    assert estimator.due() is None
    clock.now += SECONDS_BETWEEN_PROBES + 1
    assert estimator.due() == PROBES[0]


def test_other_workers_have_another_pace(estimator: DurationEstimator) -> None:
    probe(estimator, 1)
    estimator.forget()
    assert estimator.seconds(NOTEBOOK) is None
    assert estimator.due() == PROBES[0]


def test_company_costs_only_as_long_as_it_is_there() -> None:
    assert seconds_beside_others(10, 0) == 10
    longest = seconds_beside_others(10, 10)
    assert seconds_beside_others(10, 3) < longest == seconds_beside_others(10, 100) < 20


def on_its_way(elapsed: float, of_late: float) -> Run:
    """A run that has taken half of its thousand steps, and how many a second of late."""
    run = alone(NOTEBOOK, 1 / of_late)
    return replace(run, step=500, elapsed=elapsed)


def test_a_run_shows_its_own_pace_after_a_while() -> None:
    assert seconds_to_last_step(alone(NOTEBOOK, 1.0), 7.0) == pytest.approx(7.0)
    assert seconds_to_last_step(on_its_way(100, of_late=5), 7.0) == pytest.approx(100)
    begun = seconds_to_last_step(on_its_way(2, of_late=250), 20.0)
    assert begun
    assert 2 < begun < 20


def test_a_moment_in_which_the_machine_does_other_things_changes_little() -> None:
    usual = seconds_to_last_step(on_its_way(100, of_late=5), None)
    slow = seconds_to_last_step(on_its_way(100, of_late=2.5), None)
    assert usual
    assert slow
    assert usual < slow < 1.4 * usual


def test_without_any_pace_nothing_is_said() -> None:
    assert seconds_to_last_step(replace(on_its_way(1, 1), steps_per_second=0.0), None) is None


# Processor seconds of one step of kinds that are probed and of others, on a shared two-core server.
MEASURED = {
    ((128, 64), 128, "adam"): 9.90e-04,
    ((128, 64), 1, "adam"): 1.13e-04,
    ((1024, 384), 256, "adam"): 1.82e-02,
    ((), 4096, "adam"): 7.32e-03,
    ((1024, 1024), 64, "adam"): 1.15e-02,
    ((1024, 1024), 1, "adam"): 2.45e-03,
    ((), 1, "adam"): 3.22e-05,
    ((), 64, "adam"): 1.50e-04,
    ((128, 64), 64, "adam"): 6.01e-04,
    ((128, 64), 64, "sgd"): 5.13e-04,
    ((128, 64), 4096, "adam"): 2.56e-02,
    ((1024, 384), 64, "adam"): 6.12e-03,
    ((1024, 1024), 4096, "adam"): 4.68e-01,
    ((1024, 1024), 64, "momentum"): 9.50e-03,
    ((16,), 64, "adam"): 1.94e-04,
    ((512,) * 6, 128, "adam"): 1.77e-02,
    ((1024,) * 6, 64, "adam"): 4.05e-02,
}


@pytest.mark.parametrize("kind", MEASURED, ids=str)
def test_what_was_not_probed_is_known_within_30_percent(
    estimator: DurationEstimator, kind: tuple[tuple[int, ...], int, Optimizer]
) -> None:
    for each in PROBES:
        step = MEASURED[each.hidden_layers, each.batch_size, each.optimizer]
        estimator.note_probe(each, Timing(step, 0, 0))
    hidden_layers, batch_size, optimizer = kind
    settings = TrainingSettings(
        hidden_layers=hidden_layers, batch_size=batch_size, optimizer=optimizer, validation_split=0
    )
    expected = estimator.training(settings)
    assert expected == pytest.approx(steps(settings) * MEASURED[kind], rel=0.3)
