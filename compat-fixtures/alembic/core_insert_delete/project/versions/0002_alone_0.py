"""Alone 0."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

t = sa.table("t", sa.column("a", sa.String), sa.column("b", sa.Integer), sa.column("f", sa.Boolean), sa.column("d", sa.DateTime))
u = sa.table("u", sa.column("a", sa.String), sa.column("b", sa.Integer))


def upgrade():
    op.execute(sa.delete(t).where(t.c.a == u.c.a))


def downgrade():
    pass
