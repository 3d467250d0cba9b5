"""Corrections, and the runs that were taught them.

Of stores from before Alembic some have both, and some the table but not the column: missing tables
were made then, missing columns were not.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    columns = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("runs")}
    if "taught" not in columns:
        op.add_column("runs", sa.Column("taught", sa.JSON))
    op.create_table(
        "corrections",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("visitor", sa.String(64), nullable=False),
        sa.Column("image", sa.LargeBinary, nullable=False),
        sa.Column("label", sa.Integer, nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_corrections_visitor", "corrections", ["visitor"], if_not_exists=True)
