"""What a run learns from: how many of the images, without which digit, and with which labels.

Both follow from the settings, so that a run that goes on learns from the same.
"""

import numpy as np
from numpy.typing import NDArray

from digits.settings import CLASSES, TrainingSettings


def examples_learned_from(
    settings: TrainingSettings, labels: NDArray[np.uint8]
) -> NDArray[np.int32]:
    """Numbers [count] of the examples that a run is trained with, as `settings.split` counts them.

    Args:
        settings: the run's.
        labels: uint8 [examples], of all training images.
    """
    count, held_back = settings.split(len(labels))
    examples = np.arange(len(labels) - held_back, dtype=np.int32)
    if settings.left_out != "none":
        examples = examples[labels[examples] != int(settings.left_out)]
    return examples[:count]


def labels_learned_from(settings: TrainingSettings, labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Labels [examples] with a share of those that are learned from replaced by wrong ones.

    Args:
        settings: the run's.
        labels: uint8 [examples], the right ones of all training images.
    """
    if not settings.mislabelled:
        return labels
    examples = examples_learned_from(settings, labels)
    # Three numbers: two are the seed of an epoch's order.
    dice = np.random.default_rng((settings.seed, 0, 1))
    wrong = dice.choice(examples, round(settings.mislabelled * len(examples)), replace=False)
    classes = np.array([each for each in range(CLASSES) if str(each) != settings.left_out])
    places = np.searchsorted(classes, labels[wrong])
    further = dice.integers(1, len(classes), len(wrong))
    given = labels.copy()
    given[wrong] = classes[(places + further) % len(classes)]
    return given
