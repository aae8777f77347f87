"""Alone 2."""

import datetime

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

t = sa.table("t", sa.column("a", sa.String), sa.column("b", sa.Integer), sa.column("f", sa.Boolean), sa.column("d", sa.DateTime))
u = sa.table("u", sa.column("a", sa.String), sa.column("b", sa.Integer))


def upgrade():
    op.execute(sa.select(sa.func.mod(t.c.b, 2)))


def downgrade():
    pass
