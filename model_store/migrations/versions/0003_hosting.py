"""When visitors were seen and corrections made, and how often a run was taken up."""

import time

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "visitors",
        sa.Column("visitor", sa.String(64), primary_key=True),
        sa.Column("seen_at", sa.Float(53), nullable=False),
    )
    op.add_column("runs", sa.Column("attempts", sa.Integer, nullable=False, server_default="0"))
    # When the older ones were made nobody knows: their time begins now.
    op.add_column("corrections", sa.Column("created_at", sa.Float(53)))
    op.execute(sa.text("update corrections set created_at = :now").bindparams(now=time.time()))
    with op.batch_alter_table("corrections") as corrections:
        corrections.alter_column("created_at", nullable=False)
    op.create_index("ix_corrections_created_at", "corrections", ["created_at"])
