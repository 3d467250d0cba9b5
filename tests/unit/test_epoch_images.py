"""The images of an epoch, deformed beside the training."""

import threading

import numpy as np

from digits.compiled_loop import device_images
from digits.dataset import Mnist
from digits.epoch_images import EpochImages
from digits.settings import TrainingSettings

AUGMENTED = TrainingSettings(augment=0.8)


def images_of(settings: TrainingSettings, dataset: Mnist, *epochs: int) -> list[np.ndarray]:
    with EpochImages(settings, dataset, device_images(dataset)) as images:
        return [np.asarray(images.of(epoch)) for epoch in epochs]


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
        assert images.of(0) is data.images


def test_leaving_early_leaves_no_thread(small_mnist: Mnist) -> None:
    before = threading.active_count()
    images_of(AUGMENTED, small_mnist, 0)
    assert threading.active_count() == before
