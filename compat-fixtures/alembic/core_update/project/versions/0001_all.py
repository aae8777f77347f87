"""All."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

t = sa.table("t", sa.column("a", sa.String), sa.column("b", sa.Integer), sa.column("f", sa.Boolean), sa.column("d", sa.DateTime))
u = sa.table("u", sa.column("a", sa.String), sa.column("b", sa.Integer))


def upgrade():
    op.execute(t.update().where(t.c.b == 5).values(a="it's"))
    op.execute(sa.update(t).values(b=1, a="x"))
    op.execute(sa.update(t).values({"b": 2, "a": None}))
    op.execute(sa.update(t).values({t.c.b: 3}))
    op.execute(t.update().ordered_values((t.c.b, 1), (t.c.a, "x")))
    op.execute(sa.table("t", sa.column("a"), schema="s").update().values(a=None).where(sa.column("b").is_(None)))
    op.execute(t.update().values(a=t.c.b + 1, b=sa.func.coalesce(t.c.a, 0)))
    op.execute(t.update().values(a=sa.case((t.c.b == 1, "x"), (t.c.b > 2, "y"), else_="z")))
    op.execute(t.update().values(a=sa.case((t.c.b == 1, "x"))))
    op.execute(t.update().values(a=sa.case({1: "one", 2: "two"}, value=t.c.b, else_=None)))
    op.execute(t.update().where(t.c.a == u.c.a).values(b=u.c.b))
    op.execute(t.update().values(a=sa.select(u.c.a).where(u.c.b == t.c.b).scalar_subquery()))
    op.execute(t.update().where(t.c.a == op.inline_literal("q")).values({"b": op.inline_literal(4)}))
    op.execute(t.update().values(a=sa.null()))
    op.execute(t.update().values(a=sa.text("now()")))
    op.execute(t.update().values(f=True))
    op.execute(t.update().values(f=sa.false()))
    op.execute(sa.update(t).where(t.c.b == 1).where(t.c.a != "x").values(a="y"))
    op.execute(sa.table("My", sa.column("firstName", sa.String)).update().values({"firstName": "x"}))
    op.execute(t.update().where(sa.exists().where(u.c.a == t.c.a)).values(b=0))
    op.execute(t.update().values(a="백%", b=-5))


def downgrade():
    pass
