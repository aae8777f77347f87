"""Sqlite."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

t = sa.table("t", sa.column("a", sa.String), sa.column("b", sa.Integer), sa.column("f", sa.Boolean), sa.column("d", sa.DateTime))
u = sa.table("u", sa.column("a", sa.String), sa.column("b", sa.Integer))


def upgrade():
    from sqlalchemy.dialects.sqlite import insert

    if op.get_bind().dialect.name == "sqlite":
        op.execute(insert(t).values(a="x", b=1).on_conflict_do_nothing())
        op.execute(insert(t).values(a="x").on_conflict_do_update(index_elements=["a"], set_={"b": 3}))
        op.execute(t.insert().prefix_with("OR IGNORE").values(a="x"))


def downgrade():
    pass
