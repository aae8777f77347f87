"""All."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

t = sa.table("t", sa.column("a", sa.String), sa.column("b", sa.Integer), sa.column("f", sa.Boolean), sa.column("d", sa.DateTime))
u = sa.table("u", sa.column("a", sa.String), sa.column("b", sa.Integer))


def upgrade():
    op.execute(sa.select(t))
    op.execute(sa.select(t.c.a, t.c.b).distinct())
    op.execute(sa.select(t.c.a.label("zz"), t.c.b + 1))
    op.execute(sa.select(t.c.a).order_by(t.c.b.desc(), t.c.a))
    op.execute(sa.select(t.c.a).group_by(t.c.a).having(sa.func.count() > 1))
    op.execute(sa.select(t.c.a).limit(5))
    op.execute(sa.select(t.c.a).limit(5).offset(10))
    op.execute(sa.select(t.c.a).offset(3))
    op.execute(sa.select(t.c.a).select_from(t.join(u, t.c.a == u.c.a)))
    op.execute(sa.select(t.c.a).select_from(t.outerjoin(u, sa.and_(t.c.a == u.c.a, u.c.b == 1))))
    op.execute(sa.select(t.c.a).join(u, t.c.b == u.c.b))
    op.execute(sa.select(t.c.a, u.c.b).where(t.c.a == u.c.a))
    op.execute(sa.union_all(sa.select(t.c.a), sa.select(u.c.a)))
    op.execute(sa.union(sa.select(t.c.a), sa.select(u.c.a)).order_by("a"))
    op.execute(sa.select(sa.func.count()).select_from(t))
    op.execute(sa.select(sa.text("*")).select_from(sa.text("t")))
    op.execute(sa.select(t.alias("x").c.a))
    op.execute(sa.select(sa.select(t.c.a).where(t.c.b == 1).subquery("s").c.a))
    op.execute(sa.select(t.c.a).where(t.c.b == sa.select(sa.func.max(u.c.b)).scalar_subquery()))
    op.execute(sa.select(sa.column("x")).select_from(sa.table("plain")))
    op.execute(sa.select(t.c.a).with_for_update())
    op.execute(sa.select(sa.literal(1)).where(sa.exists(sa.select(t.c.a))))
    op.execute(sa.select(1))
    op.execute(sa.select(sa.text("1")))


def downgrade():
    pass
