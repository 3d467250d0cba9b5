"""Checks the GPU path on a machine that has a GPU.

    python -m benchmarks.speed.gpu_check

Prints a line for each thing checked and ends with status 1 if one is not as it should be.
"""

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple
from unittest import mock

import numpy as np
import tensorflow as tf

from digits.compiled_loop import TrainerPool, device_images
from digits.dataset import DEFAULT_FOLDER, Mnist, load_mnist
from digits.device import prepare_device
from digits.inference import FloatArray
from digits.settings import TrainingSettings
from digits.training import train

SETTINGS = TrainingSettings(validation_split=0)
STEPS = 100
TOLERANCE = 1e-3
CPU_SECONDS = 180.0


class Check(NamedTuple):
    """Something that was checked, whether it is as it should be, and what was found."""

    name: str
    passed: bool
    found: str


def memory_growth() -> Check:
    """Check that TensorFlow takes GPU memory as it needs it."""
    gpus = tf.config.list_physical_devices("GPU")
    growing = [bool(tf.config.experimental.get_memory_growth(gpu)) for gpu in gpus]
    return Check("memory growth", all(growing), f"set on {sum(growing)} of {len(gpus)} GPUs")


def placement(mnist: Mnist, device: str) -> Check:
    """Check that images, weights and the optimizer's variables lie on a device such as `/GPU:0`."""
    data = device_images(mnist)
    with TrainerPool().borrow(SETTINGS, data) as trainer:
        variables = [*trainer.network.variables, *trainer.optimizer.variables]
        # Integers such as the optimizer's step counter lie on the host wherever the floats are.
        floats = [variable.value for variable in variables if variable.dtype == "float32"]
        places = [tensor.device for tensor in (*data, *floats)]
    elsewhere = [place for place in places if not place.endswith(f"device:{device.strip('/')}")]
    found = f"{len(places) - len(elsewhere)} of {len(places)} tensors lie on {device}"
    return Check("placement", not elsewhere, found)


def agreement(found: FloatArray, expected: FloatArray) -> Check:
    """Check that the losses of the first steps are those of the CPU."""
    difference = float(np.abs(found - expected).max())
    passed = len(found) == len(expected) and difference <= TOLERANCE
    line = f"losses of {len(found)} steps differ by at most {difference:.1e} from the CPU's"
    return Check("agreement", passed, line)


def first_losses(mnist: Mnist) -> FloatArray:
    """Return the losses of the first steps on the device of this process."""
    losses = np.empty(0, np.float32)
    for report in train(SETTINGS, mnist):
        losses = np.concatenate([losses, report.losses])
        if len(losses) >= STEPS:
            break
    return losses[:STEPS]


def first_losses_on_the_cpu() -> FloatArray:
    """Return the losses of the first steps in a process that sees no GPU."""
    context = multiprocessing.get_context("spawn")
    with (
        mock.patch.dict(os.environ, {"CUDA_VISIBLE_DEVICES": "-1"}),
        ProcessPoolExecutor(1, mp_context=context) as process,
    ):
        return process.submit(_load_and_train).result(CPU_SECONDS)


def _load_and_train() -> FloatArray:
    return first_losses(load_mnist(DEFAULT_FOLDER))


def seconds_per_epoch(mnist: Mnist) -> float:
    """Train two epochs with a trainer that is compiled already, and return the time of the last."""
    settings = SETTINGS.model_copy(update={"epochs": 2})
    ends = [time.perf_counter() for report in train(settings, mnist) if report.epoch]
    return ends[1] - ends[0]


def report(checks: Iterable[Check]) -> bool:
    """Print checks as they come; True if all have passed."""
    passed = True
    for check in checks:
        print(f"{'ok' if check.passed else 'WRONG':6}{check.name}: {check.found}", flush=True)
        passed = passed and check.passed
    return passed


def main() -> int:
    """Check all.

    Returns:
        The exit status: 1 when something is not as it should be, also 0 where there is no GPU.
    """
    device = prepare_device()
    print(device.description)
    if not device.name.startswith("/GPU"):
        print("There is no GPU on this machine that TensorFlow can use, so nothing was checked.")
        return 0
    mnist = load_mnist(DEFAULT_FOLDER)
    passed = report([memory_growth(), placement(mnist, device.name)])
    passed &= report([agreement(first_losses(mnist), first_losses_on_the_cpu())])
    print(f"{seconds_per_epoch(mnist):.2f} s an epoch ({SETTINGS.architecture}, batch 64)")
    return 0 if passed else 1


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    sys.exit(main())
