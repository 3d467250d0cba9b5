"""The id that a database shares with its files, and when files without a name were first seen."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    # The id itself is chosen when database and files meet: model_store/identity.py.
    op.create_table("identity", sa.Column("id", sa.String(32), primary_key=True))
    op.create_table(
        "unnamed_files",
        sa.Column("run_id", sa.String(32), primary_key=True),
        sa.Column("reference", sa.String(255), primary_key=True),
        sa.Column("seen_at", sa.Float(53), nullable=False),
    )
