"""Unique."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_unique_constraint("uq_a", "t", ["a", "b"])
    op.create_unique_constraint(None, "t", ["a"])
    op.create_unique_constraint("uq_d", "t", ["a"], schema="s", deferrable=True, initially="DEFERRED")
    op.create_unique_constraint("uq_n", "t", ["a"], postgresql_nulls_not_distinct=True)
    op.create_unique_constraint(op.f("uq_f"), "t", ["a"])


def downgrade():
    op.drop_constraint("uq_a", "t", type_="unique")
