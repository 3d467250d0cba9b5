"""When each visitor was last seen, so that nobody's runs keep others waiting after they left."""

import time
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import Connection, Engine, select

from model_store.database import visitors


class Visitors:
    """Who was seen when, by any of the web processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def touch(self, seen: Iterable[str]) -> None:
        """Write down that these visitors are here now."""
        with self._engine.begin() as connection:
            for visitor in sorted(set(seen)):  # in one order, so that no two wait for each other
                _upsert(connection, visitor, {"seen_at": time.time()})

    def last_seen(self, wanted: Iterable[str]) -> dict[str, float]:
        """When each of these visitors was last seen; who never was is left out."""
        query = select(visitors).where(visitors.c.visitor.in_(list(wanted)))
        with self._engine.connect() as connection:
            return {row.visitor: row.seen_at for row in connection.execute(query)}


def lock_visitor(connection: Connection, visitor: str) -> None:
    """Keep all others from locking this visitor until the transaction ends."""
    _upsert(connection, visitor, {"visitor": visitor})


def _upsert(connection: Connection, visitor: str, change: dict[str, Any]) -> None:
    row = insert_of(connection.dialect.name)(visitors).values(visitor=visitor, seen_at=time.time())
    connection.execute(row.on_conflict_do_update(index_elements=["visitor"], set_=change))


@cache
def insert_of(dialect: str) -> Any:
    """The database's own `insert`; to import that of another takes a tenth of a second."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert
