"""The drawing that travels with a run."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("drawing", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("drawing_label", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("drawing_changes", sa.JSON(none_as_null=True), nullable=True))
