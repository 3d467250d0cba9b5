"""The tables, and how the database that holds them is opened: SQLite or PostgreSQL."""

from base64 import b64decode, b64encode
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    JSON,
    Column,
    Engine,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.engine import Dialect, ExceptionContext
from sqlalchemy.exc import OperationalError

from model_store.connection_pool import SECONDS_FOR_A_CONNECTION, TimeLimitedPool
from model_store.migrations import bring_up_to_date
from model_store.records import MOST_CHARACTERS_OF_A_NAME, FineTuning, fine_tuning_from_json
from model_store.unavailable import NO_ANSWER, StoreUnavailable

__all__ = ["StoreUnavailable", "metadata", "open_database"]

SECONDS_TO_WAIT_FOR_OTHERS = 3  # a visitor waits as well

metadata = MetaData()


class FineTuningAsJson(TypeDecorator[FineTuning]):
    """A column of JSON that is read and written as a fine-tuning."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: FineTuning | None, dialect: Dialect) -> Any:
        """What is kept of a fine-tuning."""
        return None if value is None else vars(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> FineTuning | None:
        """The fine-tuning that was kept."""
        return fine_tuning_from_json(value)


class ArraysAsJson(TypeDecorator[dict[str, NDArray[np.float32]]]):
    """A column of named float32 arrays, as JSON of base64: NumPy's zip takes longer to read."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """What is kept of the arrays."""
        return {
            name: b64encode(array.astype("<f4").tobytes()).decode()
            for name, array in (value or {}).items()
        }

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """The arrays that were kept."""
        return {name: np.frombuffer(b64decode(text), "<f4") for name, text in value.items()}


runs = Table(
    "runs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("visitor", String(64), nullable=False),
    Column("name", String(MOST_CHARACTERS_OF_A_NAME), nullable=False),
    Column("created_at", Float(53), nullable=False),
    Column("state", String(16), nullable=False),
    Column("settings", JSON, nullable=False),
    Column("branch", JSON(none_as_null=True)),
    Column("changes", JSON, nullable=False, default=list, server_default="[]"),
    Column("requested_settings", JSON, nullable=False, default=dict, server_default="{}"),
    Column("stop_request", String(16), nullable=False, default=""),
    Column("pause_at", Integer),
    Column("ticket", String(64), nullable=False, default=""),
    Column("started_at", Float(53)),
    Column("reported_at", Float(53)),
    Column("attempts", Integer, nullable=False, default=0),
    Column("step", Integer, nullable=False, default=0),
    Column("total_steps", Integer, nullable=False, default=0),
    Column("steps_per_second", Float(53), nullable=False, default=0.0),
    Column("elapsed", Float(53), nullable=False, default=0.0),
    Column("first_batch", JSON(none_as_null=True)),
    Column("last_batch", JSON(none_as_null=True)),
    Column("test", JSON(none_as_null=True)),
    Column("origin", JSON, nullable=False, default=dict),
    Column("failure", Text, nullable=False, default=""),
    Column("fine_tuning", FineTuningAsJson(none_as_null=True)),
    Column("artifacts", JSON, nullable=False, default=dict),
    Column("planned_at", Float(53)),
    # Since when the run is hidden from everybody; for a while its owner can bring it back.
    Column("deleted_at", Float(53)),
    Column("drawing", LargeBinary),
    Column("drawing_label", Integer),
    Column("drawing_changes", JSON(none_as_null=True)),
    Index("runs_by_visitor", "visitor", "created_at"),
    Index("runs_by_state", "state", "created_at"),
)


def _run_id() -> Column[str]:
    return Column("run_id", String(32), ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)


def _drawings(name: str) -> Table:
    """A table of drawings and the digits that their visitors say they are."""
    return Table(
        name,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("visitor", String(64), nullable=False, index=True),
        Column("image", LargeBinary, nullable=False),
        Column("label", Integer, nullable=False),
        Column("created_at", Float(53), nullable=False, index=True),
    )


corrections = _drawings("corrections")
own_digits = _drawings("own_digits")  # with which visitors test networks

# What visitors have published, one entry each for a challenge.
board = Table(
    "board",
    metadata,
    Column("challenge", String(32), primary_key=True),
    Column("visitor", String(64), primary_key=True),
    Column("name", String(40), nullable=False),
    Column("settings", JSON, nullable=False),
    Column("steps", Integer, nullable=False),
    Column("accuracy", Float(53), nullable=False),
    Column("published_at", Float(53), nullable=False),
)

visitors = Table(
    "visitors",
    metadata,
    Column("visitor", String(64), primary_key=True),
    Column("seen_at", Float(53), nullable=False),
)

points = Table(
    "points",
    metadata,
    _run_id(),
    Column("last_step", Integer, primary_key=True),
    Column("steps", LargeBinary, nullable=False),
    Column("series", ArraysAsJson, nullable=False),
)

# One row: the id that this database shares with its files.
identity = Table("identity", metadata, Column("id", String(32), primary_key=True))

# Files that no record names, and when they were first seen so.
unnamed_files = Table(
    "unnamed_files",
    metadata,
    Column("run_id", String(32), primary_key=True),
    Column("reference", String(255), primary_key=True),
    Column("seen_at", Float(53), nullable=False),
)

epochs = Table(
    "epochs",
    metadata,
    _run_id(),
    Column("epoch", Integer, primary_key=True),
    Column("last_step", Integer, nullable=False),
    Column("loss", Float(53), nullable=False),
    Column("accuracy", Float(53), nullable=False),
    Column("validation_loss", Float(53)),
    Column("validation_accuracy", Float(53)),
    Column("seconds", Float(53), nullable=False),
    Column("training_loss", Float(53)),
    Column("training_accuracy", Float(53)),
)


def open_database(url: str) -> Engine:
    """Connect to the database at `url`, and bring its tables up to date.

    All that is done with it raises `StoreUnavailable` while it is locked, full or out of reach.

    Args:
        url: such as `sqlite:///data/playground.db` or `postgresql+psycopg://...`.

    Raises:
        StoreTooNew: a newer version of this program wrote it.
    """
    # Errors end up in logs, and visitors' ids are among the parameters.
    usual: dict[str, Any] = {"hide_parameters": True, "pool_timeout": SECONDS_FOR_A_CONNECTION}
    where = make_url(url)
    if where.get_backend_name() == "sqlite":
        engine = create_engine(where, poolclass=TimeLimitedPool, **usual)
        event.listen(engine, "connect", _prepare_sqlite)
    else:
        from model_store import postgres  # takes a tenth of a second

        options = postgres.connect_options(where)
        engine = create_engine(
            where,
            poolclass=postgres.PostgresPool,
            pool_pre_ping=True,
            connect_args=options,
            **usual,
        )
        postgres.limit_waiting(engine, SECONDS_TO_WAIT_FOR_OTHERS)
    event.listen(engine, "handle_error", _say_what_is_wrong)
    try:
        bring_up_to_date(engine, metadata)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # WAL lets visitors read while workers write; NORMAL is safe against a dying process.
    for pragma in (
        f"busy_timeout={1000 * SECONDS_TO_WAIT_FOR_OTHERS}",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=1",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _say_what_is_wrong(context: ExceptionContext) -> None:
    error: Any = context.original_exception
    code = getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or ""
    is_mistake = code == "SQLITE_ERROR"  # in the SQL, which SQLite does not tell from the rest
    is_trouble = isinstance(context.sqlalchemy_exception, OperationalError) and not is_mistake
    if context.is_pre_ping or not (is_trouble or context.is_disconnect):
        return
    if code in ("SQLITE_FULL", "53100"):
        raise StoreUnavailable(
            "There is no room left on the disk that keeps the runs. What was saved before is safe; "
            "nothing new can be saved until the operator makes room."
        )
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "55P03")):
        raise StoreUnavailable(
            "The store that keeps the runs is busy: something else has been writing to it for "
            f"{SECONDS_TO_WAIT_FOR_OTHERS} seconds. Please try again in a moment."
        )
    raise StoreUnavailable(NO_ANSWER)
