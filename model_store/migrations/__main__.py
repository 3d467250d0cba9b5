"""Write the next migration: python -m model_store.migrations "what changes"."""

import argparse

from alembic import command
from sqlalchemy import create_engine

from model_store import migrations

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("what", help="what changes, in a few words")
what = parser.parse_args().what
engine = create_engine("sqlite://")
with engine.begin() as connection:
    settings = migrations.config(connection)
    command.upgrade(settings, "head")
    number = f"{int(migrations.head()) + 1:04}"
    command.revision(settings, what, autogenerate=True, rev_id=number)
engine.dispose()
