"""The tables, and how the database that holds them is opened: SQLite or PostgreSQL."""

from typing import Any

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
    create_engine,
    event,
    make_url,
)

metadata = MetaData()

runs = Table(
    "runs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("visitor", String(64), nullable=False),
    Column("name", String(80), nullable=False),
    Column("created_at", Float(53), nullable=False),
    Column("state", String(16), nullable=False),
    Column("settings", JSON, nullable=False),
    Column("wish", String(16), nullable=False, default=""),
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
    Column("taught", JSON(none_as_null=True)),
    Column("artifacts", JSON, nullable=False, default=dict),
    Index("runs_by_visitor", "visitor", "created_at"),
    Index("runs_by_state", "state", "created_at"),
)


def _run_id() -> Column[str]:
    return Column("run_id", String(32), ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)


corrections = Table(
    "corrections",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("visitor", String(64), nullable=False, index=True),
    Column("image", LargeBinary, nullable=False),
    Column("label", Integer, nullable=False),
)

points = Table(
    "points",
    metadata,
    _run_id(),
    Column("last_step", Integer, primary_key=True),
    Column("steps", LargeBinary, nullable=False),
    Column("losses", LargeBinary, nullable=False),
    Column("accuracies", LargeBinary, nullable=False),
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
)


def open_database(url: str) -> Engine:
    """Connect to the database at `url`, and make the tables where they are missing.

    Args:
        url: such as `sqlite:///data/playground.db` or `postgresql+psycopg://...`.
    """
    engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    if make_url(url).get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    metadata.create_all(engine)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # WAL lets visitors read while workers write; NORMAL is safe against a dying process.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "busy_timeout=10000",
        "foreign_keys=1",
    ):
        connection.execute(f"PRAGMA {pragma}")
