"""Run by Alembic: how it reaches the database, and the tables it compares with."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import TypeDecorator

from model_store.database import metadata


def plain_type(kind: str, value: Any, _context: object) -> str | Literal[False]:
    """A column's type as migrations write it: without the classes of this version."""
    is_own = kind == "type" and isinstance(value, TypeDecorator)
    return f"sa.{value.impl!r}" if is_own else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_item=plain_type,
    render_as_batch=True,  # SQLite cannot change a column in place
)
with context.begin_transaction():
    context.run_migrations()
