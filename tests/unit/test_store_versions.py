"""Stores of older versions open with this one, whole; those of newer ones are left alone."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, create_engine, inspect, select, text

from model_store import migrations
from model_store.database import StoreUnavailable, metadata, open_database
from model_store.migrations import StoreTooNew
from model_store.records import LabelledDrawing, PlannedFineTuning, Points, State, StoredProgress
from model_store.store import open_store

NEXT = f"{int(migrations.head()) + 1:04}"
Rows = dict[str, list[dict[str, Any]]]


@contextmanager
def opened(engine: Engine) -> Iterator[Engine]:
    """An engine, and none of its connections afterwards."""
    try:
        yield engine
    finally:
        engine.dispose()


def put_in(url: str, folder: Path) -> None:
    """Write a store of this version."""
    steps = np.arange(1, 11, dtype=np.int32)
    with open_store(url, str(folder)) as store:
        finished = store.runs.create("ann", {"epochs": 2}, "784-16-10")
        store.queue.claim("ticket")
        points = Points(steps, {"loss": np.float32(1) / steps.astype(np.float32)})
        store.progress.append(finished.id, "ticket", StoredProgress(points), state=State.FINISHED)
        store.runs.create("ann", {}, "taught", PlannedFineTuning(finished.id))
        store.corrections.add("ann", LabelledDrawing(bytes(784), 7))
        store.own_digits.add("ann", LabelledDrawing(bytes(784), 3))


def rows(url: str) -> Rows:
    """All rows of all tables, in the order of their primary keys."""
    engine = create_engine(url)
    found = MetaData()
    with engine.connect() as connection:
        found.reflect(connection)
        rows = {
            name: [
                dict(row._mapping)
                for row in connection.execute(select(table).order_by(*table.primary_key))
            ]
            for name, table in found.tables.items()
        }
    engine.dispose()
    return rows


def differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


@pytest.mark.parametrize("origin", ["new", "empty"])
def test_the_migrations_lead_to_the_tables_of_the_code(database_url: str, origin: str) -> None:
    if origin == "empty":
        with opened(create_engine(database_url)) as engine, migrations.alone(engine) as connection:
            migrations._upgrade(connection, None)
    with opened(open_database(database_url)) as engine, engine.connect() as connection:
        assert differences(connection) == []
        connection.execute(text("alter table runs drop column failure"))
        assert len(differences(connection)) == 1, "the comparison itself has to notice"


def test_the_last_migration_is_the_head() -> None:
    scripts = ScriptDirectory(str(migrations.FOLDER))
    assert scripts.get_heads() == [migrations.head()]


def test_a_store_of_a_newer_version_is_left_untouched(database_url: str) -> None:
    with opened(open_database(database_url)) as engine, engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9001'"))
        connection.execute(text("create table sayings (words text primary key)"))
        connection.execute(text("insert into sayings values ('from the future')"))
    before = rows(database_url)
    with pytest.raises(
        StoreTooNew, match=rf"of version 9001.*up to {migrations.head()}.*Nothing was changed"
    ):
        open_database(database_url)
    assert rows(database_url) == before


def opened_and_used(url: str, folder: str) -> str:
    with open_store(url, folder) as store:
        return store.runs.create("dan", {}, "made by one of many").id


def test_many_processes_open_a_store_at_once(database_url: str, tmp_path) -> None:
    with ProcessPoolExecutor(6, mp_context=get_context("spawn")) as pool:
        users = [pool.submit(opened_and_used, database_url, str(tmp_path)) for _ in range(12)]
        made = {each.result(60) for each in users}
    with open_store(database_url, str(tmp_path)) as store:
        assert {run.id for run in store.runs.of_visitor("dan")} == made
    assert len(made) == 12


def test_a_store_that_is_up_to_date_opens_without_alembic(tmp_path) -> None:
    url = f"sqlite:///{tmp_path / 'test.db'}"
    open_database(url).dispose()
    program = f"""
import sys
from model_store.store import open_store
open_store({url!r}, {str(tmp_path)!r})
print("alembic" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "False\n", done.stderr


@pytest.fixture
def next_migration(tmp_path: Path, monkeypatch) -> Path:
    """Where this test writes a migration that comes after those of the code."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrations.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrations, "FOLDER", folder)
    return folder / "versions" / f"{NEXT}_next.py"


MIGRATION = f"""
import sqlalchemy as sa
from alembic import op
revision = "{NEXT}"
down_revision = "{migrations.head()}"
def upgrade():
    with op.batch_alter_table("runs", recreate="auto") as runs:
        runs.alter_column("name", type_=sa.String(200), existing_nullable=False)
"""


def test_an_upgrade_keeps_every_row(database_url, next_migration, tmp_path) -> None:
    put_in(database_url, tmp_path / "artifacts")
    before = rows(database_url)
    next_migration.write_text(MIGRATION)
    with opened(open_database(database_url)) as engine:
        after = rows(database_url)
        assert {**before, "alembic_version": [{"version_num": NEXT}]} == after
        assert len(after["runs"]) == 2
        assert len(after["points"]) == len(after["corrections"]) == len(after["own_digits"]) == 1
        columns = inspect(engine).get_columns("runs")
        assert {each["name"]: str(each["type"]) for each in columns}["name"] == "VARCHAR(200)"
        with engine.begin() as connection:
            connection.execute(text("delete from runs"))
    assert rows(database_url)["points"] == [], "points go with their runs as before"


def test_a_migration_that_fails_leaves_the_store_as_it_was(
    database_url, next_migration, tmp_path
) -> None:
    put_in(database_url, tmp_path / "artifacts")
    before = rows(database_url)
    next_migration.write_text(f"{MIGRATION}    op.execute('delete from points')\n    1 / 0\n")
    with pytest.raises(ZeroDivisionError):
        open_database(database_url)
    assert rows(database_url) == before


def test_a_database_that_cannot_be_reached_is_said_in_words(tmp_path) -> None:
    with pytest.raises(StoreUnavailable, match="does not answer"):
        open_database(f"sqlite:///{tmp_path / 'nowhere' / 'test.db'}")
    with pytest.raises(StoreUnavailable, match="does not answer"):
        open_database("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
