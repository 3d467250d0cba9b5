"""Where the epochs of a run end while its batch size changes, and that it trains as it should."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.changes import IN_FLIGHT, Change, settings_at
from digits.course import Course, with_change
from digits.dataset import Mnist
from digits.progress import Progress
from digits.settings import TrainingSettings
from digits.training import train
from trainer.checkpoints import packed, unpacked

IMAGES = 3600  # of 4,000, a tenth held back
SETTINGS = TrainingSettings(hidden_layers=(16,), batch_size=32, epochs=3)
ENDS = [0, 113, 170, 290]  # batches of 32, 64 and 30
CHANGES = [Change(113, {"batch_size": 64}), Change(170, {"batch_size": 30})]
sizes = st.lists(st.integers(1, 4096), min_size=1, max_size=8)


def losses(reports: Sequence[Progress]) -> Any:
    return np.concatenate([each.series["loss"] for each in reports if len(each)])


@pytest.fixture(scope="module")
def planned(small_mnist: Mnist) -> list[Progress]:
    """Return the reports of a run whose changes are known from the start."""
    return list(train(SETTINGS, small_mnist, changes=CHANGES))


@given(st.integers(1, 50), st.integers(1, 4096), st.integers(1, 60_000))
def test_without_a_change_all_epochs_are_as_long(epochs: int, size: int, images: int) -> None:
    settings = TrainingSettings(epochs=epochs, batch_size=size)
    course, steps = Course(settings, [], images), settings.steps_per_epoch(images)
    assert course.starts == [epoch * steps for epoch in range(epochs + 1)]
    step = course.last_step * 2 // 3
    assert course.place(step) == divmod(step, steps)
    assert course.shares_done(step, 1)[0] == step / course.last_step
    assert course.epochs_at(step) == pytest.approx(step / steps)
    assert course.epochs_at(course.starts).tolist() == [*range(epochs + 1)]


@given(sizes, st.data())
def test_an_epoch_has_the_size_of_its_first_step(wanted: list[int], data: st.DataObject) -> None:
    settings = TrainingSettings(batch_size=wanted[0], epochs=len(wanted))
    changes: list[Change] = []
    for epoch, size in enumerate(wanted[1:]):
        course = Course(settings, changes, IMAGES)
        step = data.draw(st.integers(course.starts[epoch] + 1, course.starts[epoch + 1]))
        changes = with_change(step, {"batch_size": size}, settings, changes, IMAGES)
    course = Course(settings, changes, IMAGES)
    assert course.sizes == wanted
    assert course.starts[1:] == np.cumsum([-(-IMAGES // size) for size in wanted]).tolist()
    for epoch, size in enumerate(wanted):
        for step in (course.starts[epoch], course.starts[epoch + 1] - 1):
            assert course.place(step)[0] == epoch
            assert course.settings_at(step).batch_size == size
            assert settings_at(step, settings, changes).batch_size == size
        assert course.end_of_epoch(course.starts[epoch]) == course.starts[epoch + 1]


def test_a_batch_size_waits_for_the_next_epoch_and_the_rest_does_not() -> None:
    wanted = {name: getattr(SETTINGS, name) for name in IN_FLIGHT}
    wanted |= {"batch_size": 64, "learning_rate": 0.1}
    changes = with_change(50, wanted, SETTINGS, [], IMAGES)
    assert changes == [Change(50, {"learning_rate": 0.1}), Change(113, {"batch_size": 64})]
    assert with_change(60, wanted, SETTINGS, changes, IMAGES) is changes
    back = with_change(70, wanted | {"batch_size": 32}, SETTINGS, changes, IMAGES)
    assert back == changes[:1], "nobody ever trained with it"
    assert with_change(113, {"batch_size": 64}, SETTINGS, [], IMAGES) == changes[1:]
    in_the_last = with_change(230, {"batch_size": 64}, SETTINGS, [], IMAGES)
    assert in_the_last == [], "there is no epoch to come"


def test_every_epoch_sees_every_image_once(planned: list[Progress]) -> None:
    ends = [report.step for report in planned if report.epoch]
    assert ends == ENDS[1:]
    assert [each.epoch.epoch for each in planned if each.epoch] == [1, 2, 3]
    course, examples = Course(SETTINGS, CHANGES, IMAGES), np.arange(IMAGES, dtype=np.int32)
    for epoch, size in enumerate((32, 64, 30)):
        batches = course.batches_of(epoch, examples, 42)
        assert batches.shape[1] == size
        assert sorted(batches[batches >= 0]) == [*range(IMAGES)]


def test_a_change_on_the_way_is_the_same_as_one_that_was_planned(
    planned: list[Progress], small_mnist: Mnist
) -> None:
    made: list[Change] = []
    reports = []
    for report in train(SETTINGS, small_mnist, changes=made):
        reports.append(report)
        size = 32 if report.step < 20 else 64 if report.step < 130 else 30
        made[:] = with_change(report.step, {"batch_size": size}, SETTINGS, made, IMAGES)
    assert made == CHANGES
    assert (losses(reports) == losses(planned)).all()


@pytest.mark.parametrize("pause", [60, 113, 114, 150, 170, 171, 250])
def test_a_pause_changes_nothing(pause: int, planned: list[Progress], small_mnist: Mnist) -> None:
    marked = sorted([*CHANGES, Change(pause, {})], key=lambda change: change.step)
    reports = []
    for report in train(SETTINGS, small_mnist, changes=marked):
        reports.append(report)
        if report.step >= pause:
            break
    kept = unpacked(packed(reports[-1].checkpoint()))
    reports += train(SETTINGS, small_mnist, kept, changes=CHANGES)
    assert (losses(reports) == losses(planned)).all()
    ended, expected = reports[-1].checkpoint(), planned[-1].checkpoint()
    for mine, theirs in zip(ended.weights, expected.weights, strict=True):
        assert (mine == theirs).all()


def test_it_trains_as_a_run_that_had_that_size_all_along(
    planned: list[Progress], small_mnist: Mnist
) -> None:
    """From weights and optimizer of the first epoch on, in the order of the second."""
    first = [report for report in planned if report.step <= 113][-1]
    assert first.step == 113
    of_64 = TrainingSettings(hidden_layers=(16,), batch_size=64, epochs=2)
    steps = of_64.steps_per_epoch(IMAGES)
    (kept,) = [
        report.checkpoint()
        for report in train(SETTINGS, small_mnist, changes=CHANGES, until=113)
        if report.step == 113
    ]
    moved = type(kept)(steps, kept.weights, kept.optimizer, kept.epoch_losses, kept.epoch_losses)
    second = losses(list(train(of_64, small_mnist, moved)))
    # Adam counts its own steps, and dropout, which counts the run's, is off.
    assert (losses(planned)[113:170] == second).all()


def test_more_epochs_keep_the_last_size(planned: list[Progress], small_mnist: Mnist) -> None:
    longer = SETTINGS.model_copy(update={"epochs": 4})
    straight = list(train(longer, small_mnist, changes=CHANGES))
    assert straight[-1].step == 290 + 120
    *_, ended = train(SETTINGS, small_mnist, changes=CHANGES)
    rest = list(train(longer, small_mnist, ended.checkpoint(), changes=CHANGES))
    assert (losses([*planned, *rest]) == losses(straight)).all()


def test_a_schedule_goes_along_the_epochs(small_mnist: Mnist) -> None:
    falling = SETTINGS.model_copy(update={"schedule": "cosine"})
    reports = train(falling, small_mnist, changes=CHANGES)
    rates = np.concatenate([each.series["learning_rate"] for each in reports if len(each)])
    assert (np.diff(rates) < 0).all()
    expected = [0.001 * (1 + np.cos(np.pi * epoch / 3)) / 2 for epoch in range(3)]
    assert rates[ENDS[:3]] == pytest.approx(expected)
