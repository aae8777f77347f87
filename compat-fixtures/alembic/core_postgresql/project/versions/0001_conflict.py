"""Conflict."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import insert

revision = "0001"
down_revision = None

t = sa.table("t", sa.column("a", sa.String), sa.column("b", sa.Integer), sa.column("f", sa.Boolean), sa.column("d", sa.DateTime))
u = sa.table("u", sa.column("a", sa.String), sa.column("b", sa.Integer))


def upgrade():
    op.execute(insert(t).values(a="x", b=1).on_conflict_do_nothing())
    op.execute(insert(t).values(a="x", b=1).on_conflict_do_nothing(index_elements=["a"]))
    op.execute(insert(t).values(a="x").on_conflict_do_update(index_elements=["a"], set_={"b": 3}))
    statement = insert(t).values([{"a": "x", "b": 1}, {"a": "y", "b": 2}])
    op.execute(statement.on_conflict_do_update(constraint="uq_t", set_={"b": statement.excluded.b, "a": "z"}, where=t.c.b > 1))
    op.execute(insert(t).from_select(["a"], sa.select(u.c.a)).on_conflict_do_nothing(constraint="uq_t"))


def downgrade():
    pass
