"""Unique."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "t",
        sa.Column("a", sa.Integer(), unique=True),
        sa.Column("b", sa.Integer()),
        sa.UniqueConstraint("a", "b"),
        sa.UniqueConstraint("b", name="uq_b", deferrable=True, initially="DEFERRED"),
        sa.UniqueConstraint("a", name="uq_nulls", postgresql_nulls_not_distinct=True),
        sa.UniqueConstraint("b", "a", name="uq_include", postgresql_include=["c"]),
        sa.Column("c", sa.Integer()),
    )


def downgrade():
    op.drop_table("t")
