"""The 10,000 test images, what they are, and how sure a network is of each digit in them."""

import numpy as np
from numpy.typing import NDArray

from digits.inference import FloatArray, digit_probabilities
from model_store.records import Run
from server.guarded_answers import NotHere
from server.resources import example_digits, weights_of
from trainer.run_settings import settings_of_weights

# Of the ready-made network a slice takes 20 ms, so that the strokes of others need not wait.
IMAGES_A_SLICE = 500

Digits = NDArray[np.uint8]


def labelled_images() -> tuple[Digits, Digits]:
    """Images [10000, 28, 28] and labels [10000] of the test set.

    Raises:
        NotHere: they are not on this server.
    """
    digits = example_digits()
    if digits is None:
        raise NotHere("The test images are not on this server yet. Please come back later.")
    return digits


def probabilities_of_test_images(run: Run) -> FloatArray:
    """Probabilities [10000, 10] of the test images, before they are calibrated.

    Those of a network that ran away are no numbers.

    Raises:
        NotHere: the images are not on this server.
        ArtifactMissing: the weights are gone.
        CheckpointDamaged: they cannot be used.
    """
    images, _ = labelled_images()
    weights, activation = weights_of(run), settings_of_weights(run).activation
    slices = np.split(images, range(IMAGES_A_SLICE, len(images), IMAGES_A_SLICE))
    with np.errstate(all="ignore"):
        return np.concatenate([digit_probabilities(weights, activation, some) for some in slices])
