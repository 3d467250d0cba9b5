"""Planned runs, which wait until their visitor has room in the line."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("planned_at", sa.Float(precision=53), nullable=True))
