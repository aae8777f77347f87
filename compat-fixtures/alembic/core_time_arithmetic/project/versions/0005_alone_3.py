"""Alone 3."""

import datetime

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

t = sa.table("t", sa.column("a", sa.String), sa.column("b", sa.Integer), sa.column("f", sa.Boolean), sa.column("d", sa.DateTime))
u = sa.table("u", sa.column("a", sa.String), sa.column("b", sa.Integer))


def upgrade():
    op.execute(t.update().where(t.c.d < datetime.datetime(2024, 2, 3, 4, 5, 6)).values(b=0))


def downgrade():
    pass
