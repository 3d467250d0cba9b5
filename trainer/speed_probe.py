"""Timing a worker: how fast it takes steps of a kind, and how fast it deforms images."""

import time
from collections.abc import Callable
from itertools import takewhile

from digits.dataset import Mnist
from digits.epoch_images import augmenter_of
from digits.settings import MAX_EPOCHS, TrainingSettings
from digits.training import UNCOMPILED_STEPS, train
from trainer.duration_estimate import Timing

# Long enough to meet whatever else the machine does, short enough to be in nobody's way.
SECONDS_OF_STEPS = 0.6


def timed(
    settings: TrainingSettings, dataset: Mnist, may_go_on: Callable[[], bool]
) -> Timing | None:
    """Train for a moment, on images as they are.

    Args:
        settings: what is trained; the shape is compiled if it is not known yet.
        dataset: MNIST.
        may_go_on: asked ten times a second, so that nobody's run has to wait for the end of it.

    Returns:
        None if it was broken off.
    """
    long_enough = settings.model_copy(update={"augment": 0.0, "epochs": MAX_EPOCHS})
    started = time.perf_counter()
    reports = takewhile(lambda _: may_go_on(), train(long_enough, dataset))
    first = next((report.step for report in reports if report.step > UNCOMPILED_STEPS), None)
    if first is None:
        return None
    begun = time.perf_counter()
    last, seconds = first, 0.0
    for report in reports:
        last, seconds = report.step, time.perf_counter() - begun
        if seconds > SECONDS_OF_STEPS:
            break
    else:
        return None
    step = seconds / (last - first)
    return Timing(step, max(0.0, begun - started - first * step), 0.0)


def seconds_to_deform(dataset: Mnist, settings: TrainingSettings) -> float:
    """Deform all training images once; what is needed for it is made before."""
    augmenter = augmenter_of(dataset)
    started = time.perf_counter()
    augmenter.augment(settings.augment, settings.seed, 0)
    return time.perf_counter() - started
