"""Settings that change while a run trains."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("changes", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(
            sa.Column("requested_settings", sa.JSON(), server_default="{}", nullable=False)
        )
