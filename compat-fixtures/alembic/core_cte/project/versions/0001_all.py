"""All."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

t = sa.table("t", sa.column("a", sa.String), sa.column("b", sa.Integer), sa.column("f", sa.Boolean), sa.column("d", sa.DateTime))
u = sa.table("u", sa.column("a", sa.String), sa.column("b", sa.Integer))


def upgrade():
    op.execute(sa.select(sa.select(t.c.a).cte("x").c.a))
    op.execute((lambda c: sa.select(c.c.a).where(c.c.b > 1))(sa.select(t.c.a, t.c.b).where(t.c.b == 2).cte("recent")))
    op.execute((lambda c: t.update().where(t.c.a == c.c.a).values(b=c.c.b))(sa.select(u.c.a, u.c.b).cte("src")))
    op.execute((lambda c: t.delete().where(t.c.a.in_(sa.select(c.c.a))))(sa.select(u.c.a).cte()))
    op.execute((lambda c: sa.select(c.union_all(sa.select(u.c.a, u.c.b).where(u.c.b == c.c.b))))(sa.select(t.c.a, t.c.b).cte("tree", recursive=True)))


def downgrade():
    pass
