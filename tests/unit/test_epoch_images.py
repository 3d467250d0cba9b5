"""The images of an epoch, deformed beside the training."""

import threading
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from digits.augmentation import Augmenter
from digits.compiled_loop import device_images
from digits.dataset import Mnist
from digits.epoch_images import EpochImages
from digits.settings import TrainingSettings

AUGMENTED = TrainingSettings(augment=0.8)


def images_of(settings: TrainingSettings, dataset: Mnist, *epochs: int) -> list[np.ndarray]:
    with EpochImages(settings, dataset, device_images(dataset)) as images:
        return [np.asarray(images.of(epoch, settings.augment)) for epoch in epochs]


def test_an_epoch_has_the_same_images_whenever_it_is_asked_for(small_mnist: Mnist) -> None:
    first, second = images_of(AUGMENTED, small_mnist, 0, 1)
    (again,) = images_of(AUGMENTED, small_mnist, 1)
    np.testing.assert_array_equal(second, again)
    assert (first != second).any()


def test_another_seed_gives_other_images(small_mnist: Mnist) -> None:
    (one,) = images_of(AUGMENTED, small_mnist, 0)
    (other,) = images_of(AUGMENTED.model_copy(update={"seed": 7}), small_mnist, 0)
    assert (one != other).any()


def test_without_augmentation_the_images_are_those_on_the_device(small_mnist: Mnist) -> None:
    data = device_images(small_mnist)
    with EpochImages(TrainingSettings(), small_mnist, data) as images:
        assert images.of(0, 0.0) is data.images


def test_one_run_after_another_is_deformed_by_the_same_thread(
    small_mnist: Mnist, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = set()
    augment = Augmenter.augment

    def noting(augmenter: Augmenter, *arguments: Any) -> NDArray[np.uint8]:
        seen.add(threading.current_thread())
        return augment(augmenter, *arguments)

    monkeypatch.setattr(Augmenter, "augment", noting)
    for seed in range(3):
        images_of(AUGMENTED.model_copy(update={"seed": seed}), small_mnist, 0)
    assert len(seen) == 1


def test_leaving_early_leaves_nothing_to_be_deformed(small_mnist: Mnist) -> None:
    with EpochImages(AUGMENTED, small_mnist, device_images(small_mnist)) as images:
        images.of(0, 0.8)
    assert all(future.done() for future in images.ready.values())
