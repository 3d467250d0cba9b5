"""A preload that breaks a worker process in the way that `BROKEN_WORKER` names.

    BROKEN_WORKER=warm-up     what TensorFlow needs is missing: no warm-up, no training
    BROKEN_WORKER=training    each run fails after its first steps
    BROKEN_WORKER=hangs       a run hangs after its first steps, unless the file of that name in the
                              data folder says that one has hung already

The module `trainer.preload` follows it, as for any other worker.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from digits.device import prepare_device
from digits.progress import Progress
from trainer import heartbeat, preparation, run_executor

# A run here takes a second, and its shape two to compile.
heartbeat.SECONDS_BETWEEN_SIGNS = 0.2
_breakable: Any = run_executor
_prepared: Any = preparation
_breakable.SECONDS_OF_PREPARING = _breakable.SECONDS_OF_TRAINING = 15.0

_train = _breakable.train


def _cannot(*arguments: Any) -> Any:
    raise RuntimeError("INTERNAL: libdevice not found at ./libdevice.10.bc")


def _breaking(*arguments: Any) -> Iterator[Progress]:
    training = _train(*arguments)
    yield next(training)
    yield next(training)
    _cannot()


def _hanging(*arguments: Any) -> Iterator[Progress]:
    mark = Path(os.environ["DATA_FOLDER"], "hangs")
    for number, progress in enumerate(_train(*arguments)):
        yield progress
        if number == 2 and not mark.exists():
            mark.touch()
            time.sleep(10_000)


match os.environ.get("BROKEN_WORKER"):
    case "warm-up":
        _prepared.warm_up = _cannot
        _breakable.train = _breaking
    case "training":
        _prepared.warm_up = lambda config: prepare_device().description
        _breakable.train = _breaking
    case "hangs":
        _prepared.warm_up = lambda config: prepare_device().description
        _breakable.train = _hanging
