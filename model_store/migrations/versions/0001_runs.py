"""Runs, their points and their epochs.

Stores from before Alembic have these tables already.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("visitor", sa.String(64), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("created_at", sa.Float(53), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("settings", sa.JSON, nullable=False),
        sa.Column("wish", sa.String(16), nullable=False),
        sa.Column("ticket", sa.String(64), nullable=False),
        sa.Column("started_at", sa.Float(53)),
        sa.Column("reported_at", sa.Float(53)),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("total_steps", sa.Integer, nullable=False),
        sa.Column("steps_per_second", sa.Float(53), nullable=False),
        sa.Column("elapsed", sa.Float(53), nullable=False),
        sa.Column("first_batch", sa.JSON),
        sa.Column("last_batch", sa.JSON),
        sa.Column("test", sa.JSON),
        sa.Column("origin", sa.JSON, nullable=False),
        sa.Column("failure", sa.Text, nullable=False),
        sa.Column("artifacts", sa.JSON, nullable=False),
        if_not_exists=True,
    )
    for name, column in (("runs_by_visitor", "visitor"), ("runs_by_state", "state")):
        op.create_index(name, "runs", [column, "created_at"], if_not_exists=True)
    op.create_table(
        "points",
        _run_id(),
        sa.Column("last_step", sa.Integer, primary_key=True),
        sa.Column("steps", sa.LargeBinary, nullable=False),
        sa.Column("losses", sa.LargeBinary, nullable=False),
        sa.Column("accuracies", sa.LargeBinary, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "epochs",
        _run_id(),
        sa.Column("epoch", sa.Integer, primary_key=True),
        sa.Column("last_step", sa.Integer, nullable=False),
        sa.Column("loss", sa.Float(53), nullable=False),
        sa.Column("accuracy", sa.Float(53), nullable=False),
        sa.Column("validation_loss", sa.Float(53)),
        sa.Column("validation_accuracy", sa.Float(53)),
        sa.Column("seconds", sa.Float(53), nullable=False),
        if_not_exists=True,
    )


def _run_id() -> sa.Column[str]:
    run = sa.ForeignKey("runs.id", ondelete="CASCADE")
    return sa.Column("run_id", sa.String(32), run, primary_key=True)
