"""All."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

t = sa.table("t", sa.column("a", sa.String), sa.column("b", sa.Integer), sa.column("f", sa.Boolean), sa.column("d", sa.DateTime))
u = sa.table("u", sa.column("a", sa.String), sa.column("b", sa.Integer))


def upgrade():
    op.execute(t.insert().values(a="x", b=1))
    op.execute(sa.insert(t).values([{"a": "x", "b": 1}, {"a": "y", "b": 2}]))
    op.execute(t.insert().values({"b": 2, "a": "q"}))
    op.execute(t.insert().values(("x", 1, True)))
    op.execute(t.insert())
    op.execute(t.insert().from_select(["a"], sa.select(u.c.a)))
    op.execute(sa.insert(t).from_select(["a", "b"], sa.select(u.c.a, sa.literal(1)).where(u.c.b > 2)))
    op.execute(t.insert().from_select([t.c.a], sa.select(sa.func.lower(u.c.a)).distinct()))
    op.execute(t.delete())
    op.execute(t.delete().where(t.c.a.in_(["x", "y"]) & ((t.c.b != 3) | t.c.b.isnot(None))))
    op.execute(sa.delete(t).where(t.c.b.in_(sa.select(u.c.b).where(u.c.a == None))))
    op.execute(t.insert().values(a=sa.func.now()))
    op.execute(t.insert().values(a=sa.select(sa.func.max(u.c.a)).scalar_subquery()))
    op.execute(t.insert().values(d=None))
    op.execute(t.insert().returning(t.c.a))
    op.execute(t.delete().returning(t.c.a))
    op.execute(t.insert().prefix_with("IGNORE", dialect="mysql").values(a="p"))


def downgrade():
    pass
