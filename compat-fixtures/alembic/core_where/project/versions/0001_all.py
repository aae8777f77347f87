"""All."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

t = sa.table("t", sa.column("a", sa.String), sa.column("b", sa.Integer), sa.column("f", sa.Boolean), sa.column("d", sa.DateTime))
u = sa.table("u", sa.column("a", sa.String), sa.column("b", sa.Integer))


def upgrade():
    op.execute(sa.select(t.c.a).where(t.c.a == "x"))
    op.execute(sa.select(t.c.a).where(t.c.a != None))
    op.execute(sa.select(t.c.a).where(t.c.a == None))
    op.execute(sa.select(t.c.a).where(t.c.a.is_(None)))
    op.execute(sa.select(t.c.a).where(t.c.a.is_not(None)))
    op.execute(sa.select(t.c.a).where(t.c.a.isnot(None)))
    op.execute(sa.select(t.c.a).where(t.c.f == True))
    op.execute(sa.select(t.c.a).where(t.c.f.is_(False)))
    op.execute(sa.select(t.c.a).where(t.c.f))
    op.execute(sa.select(t.c.a).where(~t.c.f))
    op.execute(sa.select(t.c.a).where(sa.not_(t.c.f)))
    op.execute(sa.select(t.c.a).where(sa.true()))
    op.execute(sa.select(t.c.a).where(sa.false()))
    op.execute(sa.select(t.c.a).where(t.c.b.in_([1, 2])))
    op.execute(sa.select(t.c.a).where(t.c.b.not_in([1, 2])))
    op.execute(sa.select(t.c.a).where(t.c.b.notin_([3])))
    op.execute(sa.select(t.c.a).where(t.c.b.in_([])))
    op.execute(sa.select(t.c.a).where(t.c.a.in_(["x", "it's"])))
    op.execute(sa.select(t.c.a).where(t.c.b.in_(sa.select(u.c.b))))
    op.execute(sa.select(t.c.a).where(t.c.b.between(1, 2)))
    op.execute(sa.select(t.c.a).where(~t.c.b.between(1, 2)))
    op.execute(sa.select(t.c.a).where(t.c.a.like("x%")))
    op.execute(sa.select(t.c.a).where(t.c.a.notlike("x%")))
    op.execute(sa.select(t.c.a).where(t.c.a.like("50!%", escape="!")))
    op.execute(sa.select(t.c.a).where(t.c.a.ilike("x")))
    op.execute(sa.select(t.c.a).where(t.c.a.contains("z")))
    op.execute(sa.select(t.c.a).where(t.c.a.startswith("q")))
    op.execute(sa.select(t.c.a).where(t.c.a.endswith("q")))
    op.execute(sa.select(t.c.a).where(~(t.c.b == 1)))
    op.execute(sa.select(t.c.a).where(~t.c.a.like("x")))
    op.execute(sa.select(t.c.a).where(sa.and_(t.c.b == 1, sa.or_(t.c.a == "x", t.c.a == "y"))))
    op.execute(sa.select(t.c.a).where(sa.or_(t.c.b == 1, sa.and_(t.c.a == "x", t.c.b > 2))))
    op.execute(sa.select(t.c.a).where((t.c.b == 1) & (t.c.b < 3) | (t.c.b >= 4)))
    op.execute(sa.select(t.c.a).where(sa.not_(sa.or_(t.c.b == 1, t.c.b == 2))))
    op.execute(sa.select(t.c.a).where(sa.exists(sa.select(u.c.a).where(u.c.b == t.c.b))))
    op.execute(sa.select(t.c.a).where(~sa.exists().where(u.c.b == t.c.b)))
    op.execute(sa.select(t.c.a).where(sa.tuple_(t.c.a, t.c.b).in_([("x", 1), ("y", 2)])))
    op.execute(sa.select(t.c.a).where(sa.text("a = 1")))
    op.execute(sa.select(t.c.a).where(sa.and_(True, t.c.b == 1)))
    op.execute(sa.select(t.c.a).where(t.c.b == sa.bindparam("n", 7)))
    op.execute(sa.select(t.c.a).where(sa.literal_column("b") > 3))
    op.execute(sa.select(t.c.a).where(t.c.b.op("&")(4) == 4))
    op.execute(sa.select(t.c.a).where(t.c.b % 2 == 0))
    op.execute(sa.select(t.c.a).where(t.c.a.collate("C") == "x"))
    op.execute(sa.select(t.c.a).where(t.c.a.regexp_match("^a")))


def downgrade():
    pass
