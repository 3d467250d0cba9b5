"""What a worker does besides runs: it reads MNIST, compiles the usual networks, and is timed.

Like `trainer/run_executor.py` this imports TensorFlow, and runs in workers alone.
"""

from functools import cache
from pathlib import Path
from threading import Lock

from config.environment import Config
from digits.dataset import Mnist, load_mnist
from digits.device import prepare_device
from digits.recipes import DEFAULT_RECIPE, NOTEBOOK
from digits.settings import TrainingSettings
from digits.training import UNCOMPILED_STEPS, train
from trainer.duration_estimate import Timing
from trainer.heartbeat import is_idle
from trainer.speed_probe import seconds_to_deform, timed

_loading = Lock()


def dataset(folder: Path) -> Mnist:
    """MNIST, read once a process."""
    with _loading:
        return _read_dataset(folder)


@cache
def _read_dataset(folder: Path) -> Mnist:
    return load_mnist(folder)


def warm_up(config: Config) -> str:
    """Do once what every run needs: device, images, and the two usual networks compiled.

    Returns:
        The line that tells visitors which device trains.
    """
    device = prepare_device()
    for settings in (DEFAULT_RECIPE, NOTEBOOK):
        for progress in train(settings, dataset(config.mnist_folder)):
            if progress.step > UNCOMPILED_STEPS:
                break
    return device.description


def probe(config: Config, settings: TrainingSettings) -> Timing | None:
    """Time this worker with a kind of run, if it has nothing else to do; None if it has.

    Args:
        config: where the images are.
        settings: what is trained for a moment.
    """
    if not is_idle():
        return None
    images = dataset(config.mnist_folder)
    deforming = seconds_to_deform(images, settings) if settings.augment else 0.0
    timing = timed(settings, images, is_idle)
    return timing._replace(deforming=deforming) if timing and is_idle() else None
