"""A training service with a store and a worker of its own, as a web process has one."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from config.environment import Config, data_folder
from model_store.store import Store, open_store
from trainer.service import TrainingService

SECONDS_TO_MEASURE = 300.0


@contextmanager
def measured_service() -> Iterator[tuple[TrainingService, Store]]:
    """Start a service whose worker has been timed, and end it afterwards.

    Raises:
        TimeoutError: the worker was not timed in good time.
    """
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{Path(folder) / 'playground.db'}"
        config = Config(database, f"{folder}/artifacts", data_folder() / "mnist", None)
        with (
            closing(open_store(config.database_url, config.artifacts_url)) as store,
            closing(TrainingService(store, config)) as service,
        ):
            service.start()
            _wait_until_measured(service)
            yield service, store


def _wait_until_measured(service: TrainingService) -> None:
    until = time.monotonic() + SECONDS_TO_MEASURE
    while not service.is_measured:
        if time.monotonic() > until:
            raise TimeoutError(f"the worker was not timed within {SECONDS_TO_MEASURE:g} s")
        time.sleep(0.5)
