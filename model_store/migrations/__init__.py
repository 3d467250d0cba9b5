"""How a store that an older version wrote gets the tables that this version needs.

After a change of the tables in `model_store/database.py`, write the next migration with

    python -m model_store.migrations "what changes"

and read and correct what it has written to `versions/`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent
# Any number will do that no other program uses for a lock in the same PostgreSQL database.
_LOCK = 7_210_118_254


def head() -> str:
    """The version of the tables that this program works with: the number of the last migration."""
    return max(path.name[:4] for path in (FOLDER / "versions").glob("[0-9]*.py"))


class StoreTooNew(RuntimeError):
    """A newer version has written the store; the message says what to do."""


def bring_up_to_date(engine: Engine, tables: MetaData) -> None:
    """Give the database the tables of this version, whatever version wrote it, and keep its rows.

    Several processes may do so at once: the first does the work, the others wait for it.

    Args:
        engine: a connection to it.
        tables: those of this version.

    Raises:
        StoreTooNew: a newer version wrote it; it is left untouched.
    """
    with engine.connect() as connection:
        if _revision(connection) == head():
            return  # without importing Alembic, which takes a tenth of a second
    with alone(engine) as connection:
        revision = _revision(connection)
        if not revision and not inspect(connection).has_table("runs"):
            _make(connection, tables)
        elif revision != head():
            _upgrade(connection, revision or "none")


def config(connection: Connection) -> "Config":
    """What Alembic has to know, to work on this connection."""
    from alembic.config import Config

    settings = Config(attributes={"connection": connection})
    settings.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    settings.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return settings


def _make(connection: Connection, tables: MetaData) -> None:
    """Make a new store, again without importing Alembic."""
    tables.create_all(connection)
    version = Table(
        "alembic_version", MetaData(), Column("version_num", String(32), primary_key=True)
    )
    version.create(connection)
    connection.execute(version.insert().values(version_num=head()))


def _upgrade(connection: Connection, revision: str | None) -> None:
    from alembic import command
    from alembic.script import ScriptDirectory

    settings = config(connection)
    known = {each.revision for each in ScriptDirectory.from_config(settings).walk_revisions()}
    if revision and revision not in known:
        raise StoreTooNew(
            f"The store at {connection.engine.url.render_as_string()} was written by a newer "
            f"version of the Digit Playground: its tables are of version {revision}, and this "
            f"program knows them up to {head()}. Nothing was changed. Start the newer program, or "
            "another store (DATABASE_URL)."
        )
    command.upgrade(settings, "head")


def _revision(connection: Connection) -> str | None:
    """The version of the tables; None in a new store."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("select version_num from alembic_version")).scalar()
    return str(found) if found else None


@contextmanager
def alone(engine: Engine) -> Iterator[Connection]:
    """One transaction, and nobody else in the middle of a migration or of another of these."""
    with engine.connect() as connection:
        connection.detach()  # what is set here is for this connection alone
        if engine.dialect.name == "sqlite":
            # SQLite changes a table by making it anew; the old one must not take its rows' with it.
            connection.exec_driver_sql("PRAGMA foreign_keys=0")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            from model_store.postgres import wait_for_ever

            wait_for_ever(connection.connection.dbapi_connection)
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        yield connection
        connection.commit()
