"""Indexes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    with op.batch_alter_table("t", schema=None) as batch_op:
        batch_op.create_index("ix_a", ["a"], unique=False)
        batch_op.create_index(batch_op.f("ix_t_b"), ["b", "c"], unique=True)
        batch_op.drop_index("ix_old")
        batch_op.add_column(sa.Column("n", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("d", sa.String(5), server_default="x", nullable=False))


def downgrade():
    with op.batch_alter_table("t") as batch_op:
        batch_op.drop_index("ix_a")
        batch_op.drop_index(batch_op.f("ix_t_b"))
