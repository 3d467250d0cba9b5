"""Training images after an epoch."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    with op.batch_alter_table("epochs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("training_loss", sa.Float(precision=53), nullable=True))
        batch_op.add_column(sa.Column("training_accuracy", sa.Float(precision=53), nullable=True))
