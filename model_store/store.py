"""The store as one value: what workers write and pages read."""

from typing import NamedTuple

from model_store.artifacts import Artifacts
from model_store.corrections import Corrections
from model_store.database import open_database
from model_store.progress import ProgressLog
from model_store.retention import Housekeeping
from model_store.runs import Queue, Runs
from model_store.visitors import Visitors


class Store(NamedTuple):
    """Everything that is kept. It is the only channel between the web process and the workers."""

    runs: Runs
    queue: Queue
    progress: ProgressLog
    artifacts: Artifacts
    corrections: Corrections
    housekeeping: Housekeeping
    visitors: Visitors


def open_store(database_url: str, artifacts_url: str) -> Store:
    """Open the store, and bring it up to date.

    Args:
        database_url: SQLite or PostgreSQL, as SQLAlchemy writes it.
        artifacts_url: a folder, or any URL that fsspec knows, for this store alone.

    Raises:
        StoreTooNew: a newer version of this program wrote it.
        StoreUnavailable: it cannot be reached.
    """
    engine = open_database(database_url)
    artifacts = Artifacts(artifacts_url)
    return Store(
        Runs(engine),
        Queue(engine),
        ProgressLog(engine),
        artifacts,
        Corrections(engine),
        Housekeeping(engine, artifacts),
        Visitors(engine),
    )
