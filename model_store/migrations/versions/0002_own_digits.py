"""The digits with which visitors test networks."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "own_digits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visitor", sa.String(length=64), nullable=False),
        sa.Column("image", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Float(precision=53), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("own_digits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_own_digits_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_own_digits_visitor"), ["visitor"], unique=False)
