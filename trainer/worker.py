"""The functions that Dask executes. Sending them does not import TensorFlow, running them does."""

import time

from config.environment import Config
from config.logs import configure_logs
from digits.settings import TrainingSettings
from trainer.duration_estimate import Timing
from trainer.worker_health import Report, WorkerHealth

# Whoever asks for the work again may be given this very worker again.
SECONDS_BEFORE_HANDING_BACK = 1.0


def _warm_up(config: Config) -> str:
    from trainer import preparation

    return preparation.warm_up(config)


# Of this process, which is a worker once something below is called.
worker_health = WorkerHealth(_warm_up)


def report(config: Config) -> Report:
    """Prepare a worker unless it is prepared; returns whether it can train."""
    configure_logs()
    return worker_health.report(config)


def probe(config: Config, settings: TrainingSettings) -> Timing | None:
    """Time a worker that has nothing else to do; None if it has."""
    configure_logs()
    from trainer import preparation

    return preparation.probe(config, settings)


def work(ticket: str, config: Config) -> None:
    """Carry out one run after another, as long as any wait and this worker can train.

    Args:
        ticket: names this piece of work. If a worker dies, another works off the same ticket and
            goes on with the same run, from its last checkpoint.
        config: where the store and the images are.
    """
    configure_logs()
    if not worker_health.report(config).device:
        time.sleep(SECONDS_BEFORE_HANDING_BACK)
        return
    from trainer import run_executor

    while worker_health.can_train() and run_executor.execute_next(ticket, config, worker_health):
        pass
