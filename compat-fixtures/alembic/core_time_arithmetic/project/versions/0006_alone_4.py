"""Alone 4."""

import datetime

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

t = sa.table("t", sa.column("a", sa.String), sa.column("b", sa.Integer), sa.column("f", sa.Boolean), sa.column("d", sa.DateTime))
u = sa.table("u", sa.column("a", sa.String), sa.column("b", sa.Integer))


def upgrade():
    op.execute(t.update().where(t.c.d > "2024-01-01").values(b=0))


def downgrade():
    pass
