"""The store as one value: what workers write and pages read."""

import logging
from threading import Lock
from typing import NamedTuple, Self

from sqlalchemy import Engine

from model_store.artifacts import Artifacts
from model_store.board import Board
from model_store.database import corrections, open_database, own_digits
from model_store.drawings import Drawings
from model_store.planned_runs import PlannedRuns
from model_store.progress import ProgressLog
from model_store.queue import Queue
from model_store.retention import Housekeeping
from model_store.runs import Runs
from model_store.visitors import Visitors

logger = logging.getLogger(__name__)


class Store(NamedTuple):
    """Everything that is kept. It is the only channel between the web process and the workers.

    Whoever opens one closes it, or lets `with` do so.
    """

    engine: Engine
    runs: Runs
    planned: PlannedRuns
    queue: Queue
    progress: ProgressLog
    artifacts: Artifacts
    corrections: Drawings
    own_digits: Drawings
    board: Board
    housekeeping: Housekeeping
    visitors: Visitors

    def close(self) -> None:
        """Close the connections to the database; whatever is asked of it later opens new ones."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


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
    housekeeping = Housekeeping(engine, artifacts)
    try:
        housekeeping.check()
    except OSError as error:
        # Housekeeping asks again before it deletes anything; till then the store can be read.
        logger.warning("the id of the files is not known yet: %s", error)
    return Store(
        engine,
        Runs(engine),
        PlannedRuns(engine),
        Queue(engine),
        ProgressLog(engine),
        artifacts,
        Drawings(engine, corrections),
        Drawings(engine, own_digits),
        Board(engine),
        housekeeping,
        Visitors(engine),
    )


_shared: dict[tuple[str, str], Store] = {}
_sharing = Lock()


def shared_store(database_url: str, artifacts_url: str) -> Store:
    """The store at these addresses, opened once a process; `close_shared_stores` closes it."""
    address = database_url, artifacts_url
    with _sharing:
        if address not in _shared:
            _shared[address] = open_store(*address)
        return _shared[address]


def close_shared_stores() -> None:
    """Close every store that `shared_store` has opened."""
    with _sharing:
        while _shared:
            _shared.popitem()[1].close()
