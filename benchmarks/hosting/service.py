"""A training service with a store and a worker of its own, as a web process has one."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from config.environment import Config, data_folder
from model_store.store import Store, open_store
from scripts.waiting import wait_until
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
            wait_until(
                lambda: service.is_measured, SECONDS_TO_MEASURE, lambda: "no worker was timed"
            )
            yield service, store
