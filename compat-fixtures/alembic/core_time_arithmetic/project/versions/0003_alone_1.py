"""Alone 1."""

import datetime

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

t = sa.table("t", sa.column("a", sa.String), sa.column("b", sa.Integer), sa.column("f", sa.Boolean), sa.column("d", sa.DateTime))
u = sa.table("u", sa.column("a", sa.String), sa.column("b", sa.Integer))


def upgrade():
    op.execute(sa.select(t.c.a).where(t.c.b.is_distinct_from(3)))


def downgrade():
    pass
