"""Mysql."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

t = sa.table("t", sa.column("a", sa.String), sa.column("b", sa.Integer), sa.column("f", sa.Boolean), sa.column("d", sa.DateTime))
u = sa.table("u", sa.column("a", sa.String), sa.column("b", sa.Integer))


def upgrade():
    from sqlalchemy.dialects.mysql import insert

    if op.get_bind().dialect.name == "mysql":
        statement = insert(t).values(a="x", b=1)
        op.execute(statement.on_duplicate_key_update(b=5))
        op.execute(statement.on_duplicate_key_update(a=statement.inserted.a))


def downgrade():
    pass
