"""Tasks for whoever wants more than presets: what a network is to reach, and with how little."""

from collections.abc import Callable
from typing import NamedTuple

from digits.settings import TrainingSettings


class Reached(NamedTuple):
    """What a run has reached: with which settings, after how many steps, on the test images."""

    settings: TrainingSettings
    steps: int
    accuracy: float


class Challenge(NamedTuple):
    """A task.

    Attributes:
        name: what it is called.
        task: what is to be reached, in a sentence.
        hint: where to begin.
        accuracy: on the test images, from 0 to 1, that is needed.
        is_within: whether a run kept to what is allowed.
        start: settings to begin with, which keep to it and do not reach the accuracy.
    """

    name: str
    task: str
    hint: str
    accuracy: float
    is_within: Callable[[Reached], bool]
    start: TrainingSettings

    def is_solved(self, reached: Reached) -> bool:
        """Whether a run solves it."""
        return reached.accuracy >= self.accuracy and self.is_within(reached)


MOST_WEIGHTS = 10_000
MOST_IMAGES = 100
MOST_STEPS = 200
# Each was solved with settings of the page: 93.58%, 84.92% and 96.68%.
CHALLENGES = (
    Challenge(
        "Small",
        f"Read 93% of the test images with {MOST_WEIGHTS:,} weights at most.",
        "Every unit of the first hidden layer costs 785 weights. A schedule helps at the end.",
        0.93,
        lambda reached: reached.settings.parameter_count <= MOST_WEIGHTS,
        TrainingSettings(hidden_layers=(8,)),
    ),
    Challenge(
        "Few",
        f"Read 83% of the test images after having learned from {MOST_IMAGES} images at most.",
        "Images can be turned and bent anew in every epoch, and small batches make more steps.",
        0.83,
        lambda reached: reached.settings.images_used <= MOST_IMAGES,
        TrainingSettings(images_used=MOST_IMAGES),
    ),
    Challenge(
        "Fast",
        f"Read 96% of the test images after {MOST_STEPS} steps at most.",
        "Few steps can be large ones, and each can look at many images.",
        0.96,
        lambda reached: 0 < reached.steps <= MOST_STEPS,
        TrainingSettings(batch_size=512, epochs=1),
    ),
)
