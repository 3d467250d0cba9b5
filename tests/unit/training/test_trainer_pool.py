"""Compiled trainers that are lent to one run after another."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack

import numpy as np
import pytest

from digits import compiled_loop
from digits.compiled_loop import CompiledTrainer, TrainerPool, device_images
from digits.dataset import Mnist
from digits.divergence import Diverged
from digits.settings import MAX_UNITS, TrainingSettings
from digits.training import train
from tests.support.trainings import SETTINGS, Outcome, assert_same, outcome


def test_what_a_broken_run_leaves_behind_is_cleared(
    reference: Outcome, small_mnist: Mnist, new_pool: TrainerPool
) -> None:
    run = train(SETTINGS, small_mnist)
    next(run)
    [trainer] = lent_trainers(run)
    for variable in [*trainer.network.variables, *trainer.optimizer.variables]:
        if variable.dtype == "float32":
            variable.assign(np.full(variable.shape, np.nan, np.float32))
    with pytest.raises(Diverged):
        list(run)
    assert new_pool._idle == [trainer]
    assert_same(reference, outcome(SETTINGS, small_mnist))


def lent_trainers(run: Iterator[object]) -> list[CompiledTrainer]:
    """Return the trainers that a run is using."""
    frame = run.gi_frame  # type: ignore[attr-defined]
    return [frame.f_locals["run"].trainer]


@pytest.mark.parametrize("way", ["close", "forget", "finish"])
def test_leaving_the_loop_gives_the_trainer_back(
    way: str, small_mnist: Mnist, new_pool: TrainerPool
) -> None:
    for progress in train(SETTINGS.model_copy(update={"epochs": 1}), small_mnist):
        assert not new_pool._idle
        if progress.step and way != "finish":
            break
    assert len(new_pool._idle) == 1


def test_runs_of_one_shape_use_one_trainer_after_another(
    small_mnist: Mnist, new_pool: TrainerPool
) -> None:
    data = device_images(small_mnist)
    with new_pool.borrow(SETTINGS, data) as first:
        pass
    variation = SETTINGS.model_copy(
        update={
            "seed": 1,
            "learning_rate": 0.1,
            "epochs": 9,
            "validation_split": 0.2,
            "initializer": "zeros",
            "left_out": "3",
            "mislabelled": 0.5,
            "images_used": 2000,
        }
    )
    with new_pool.borrow(variation, data) as second, new_pool.borrow(SETTINGS, data) as third:
        assert second is first
        assert third is not first
    assert len(new_pool._idle) == 2


def test_idle_trainers_take_no_more_than_their_room(
    small_mnist: Mnist, new_pool: TrainerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = device_images(small_mnist)
    large = SETTINGS.model_copy(update={"hidden_layers": (MAX_UNITS,) * 5})
    with new_pool.borrow(large, data) as trainer:
        pass
    assert trainer.size == pytest.approx(
        3 * 4 * large.parameter_count, rel=0.001
    )  # with Adam's two
    monkeypatch.setattr(compiled_loop, "MAX_IDLE_BYTES", trainer.size + 1000)
    with new_pool.borrow(SETTINGS, data) as small:
        pass
    assert new_pool._idle == [small], "both do not fit, and the older one goes"


@pytest.mark.parametrize(
    "change",
    [
        {"hidden_layers": (17,)},
        {"batch_size": 33},
        {"activation": "tanh"},
        {"optimizer": "sgd"},
        {"dropout": 0.1},
        {"l2": 0.1},
        {"l1": 0.1},
        {"label_smoothing": 0.1},
        {"loss": "squared error"},
    ],
)
def test_what_needs_a_trainer_of_its_own(
    change: dict[str, object], small_mnist: Mnist, new_pool: TrainerPool
) -> None:
    data = device_images(small_mnist)
    with new_pool.borrow(SETTINGS, data) as first:
        pass
    with new_pool.borrow(SETTINGS.model_copy(update=change), data) as second:
        assert second is not first


def test_the_pool_keeps_the_latest_and_not_more(
    small_mnist: Mnist, new_pool: TrainerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled_loop, "MAX_IDLE_TRAINERS", 3)
    data = device_images(small_mnist)
    with ExitStack() as stack:
        for units in range(1, 6):
            settings = SETTINGS.model_copy(update={"hidden_layers": (units,)})
            stack.enter_context(new_pool.borrow(settings, data))
    assert [trainer.shape.built_in[0] for trainer in new_pool._idle] == [(3,), (2,), (1,)]


def test_images_lie_on_the_device_once(small_mnist: Mnist) -> None:
    equal = Mnist(*(array.copy() for array in small_mnist))
    assert device_images(small_mnist) is device_images(equal)
    assert device_images(small_mnist).images.dtype == np.uint8


def test_runs_at_the_same_time_do_not_disturb_each_other(
    reference: Outcome, small_mnist: Mnist
) -> None:
    other_settings = SETTINGS.model_copy(update={"seed": 5, "learning_rate": 0.003})
    expected = outcome(other_settings, small_mnist)
    together = [SETTINGS, other_settings]
    found: dict[TrainingSettings, Outcome] = {}
    barrier = threading.Barrier(len(together))

    def run(settings: TrainingSettings) -> None:
        barrier.wait()
        found[settings] = outcome(settings, small_mnist)

    threads = [threading.Thread(target=run, args=(settings,)) for settings in together]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert_same(found[SETTINGS], reference)
    assert_same(found[other_settings], expected)
