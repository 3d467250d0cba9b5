"""How the time of an epoch grows with the width of the layers and shrinks with the batch size."""

import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from typing import NamedTuple

from digits.settings import TrainingSettings

BATCH_SIZES = (16, 64, 256, 1024, 4096)
WIDTHS = (16, 64, 256, 1024)
SECONDS_PER_SHAPE = 2.0
LIMIT_SECONDS = 600.0


class Cost(NamedTuple):
    """Seconds that an epoch takes with two hidden layers of a width, and a batch size."""

    batch_size: int
    width: int
    seconds_per_epoch: float


def cost_table() -> list[Cost]:
    """Measure every shape in a process of its own, one after another."""
    context = multiprocessing.get_context("spawn")
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = os.environ.get("TF_CPP_MIN_LOG_LEVEL") or "3"
    with ProcessPoolExecutor(1, mp_context=context) as process:
        shapes = product(BATCH_SIZES, WIDTHS)
        return list(process.map(_cost, *zip(*shapes, strict=True), timeout=LIMIT_SECONDS))


def _cost(batch_size: int, width: int) -> Cost:
    """Measure for some seconds after the shape is compiled, and scale to a whole epoch."""
    from digits.dataset import DEFAULT_FOLDER, load_mnist
    from digits.training import UNCOMPILED_STEPS, train

    settings = TrainingSettings(
        hidden_layers=(width, width), batch_size=batch_size, validation_split=0, epochs=50
    )
    mnist = load_mnist(DEFAULT_FOLDER)
    reports = train(settings, mnist)
    # The first compiled report contains the compilation.
    first = next(report.step for report in reports if report.step > UNCOMPILED_STEPS)
    started = time.perf_counter()
    last = next(report.step for report in reports if _elapsed(started) > SECONDS_PER_SHAPE)
    seconds_per_step = _elapsed(started) / (last - first)
    return Cost(
        batch_size, width, seconds_per_step * settings.steps_per_epoch(len(mnist.train_labels))
    )


def _elapsed(started: float) -> float:
    return time.perf_counter() - started
