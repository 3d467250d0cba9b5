"""Training with everything that is random: deformed images, dropout, a falling learning rate."""

import numpy as np
import pytest

from digits.dataset import Mnist
from digits.progress import Checkpoint
from digits.settings import TrainingSettings
from digits.training import train

SETTINGS = TrainingSettings(
    hidden_layers=(16,), batch_size=32, epochs=3, augment=0.8, schedule="cosine", dropout=0.2
)


def losses(small_mnist: Mnist, checkpoint: Checkpoint | None = None) -> np.ndarray:
    reports = train(SETTINGS, small_mnist, checkpoint)
    return np.concatenate([progress.losses for progress in reports])


def test_a_run_repeats_to_the_last_digit(small_mnist: Mnist) -> None:
    np.testing.assert_array_equal(losses(small_mnist), losses(small_mnist))


@pytest.mark.parametrize("step", [50, 150, 226])
def test_it_goes_on_from_a_checkpoint_as_if_never_interrupted(
    small_mnist: Mnist, step: int
) -> None:
    straight = losses(small_mnist)
    for progress in train(SETTINGS, small_mnist):
        if progress.step >= step:
            checkpoint = progress.checkpoint()
            break
    np.testing.assert_array_equal(losses(small_mnist, checkpoint), straight[checkpoint.step :])
