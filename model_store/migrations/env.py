"""Run by Alembic: how it reaches the database, and the tables it compares with."""

from alembic import context

from model_store.database import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot change a column in place
)
with context.begin_transaction():
    context.run_migrations()
