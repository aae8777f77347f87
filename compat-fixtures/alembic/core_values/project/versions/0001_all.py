"""All."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

t = sa.table("t", sa.column("a", sa.String), sa.column("b", sa.Integer), sa.column("f", sa.Boolean), sa.column("d", sa.DateTime))
u = sa.table("u", sa.column("a", sa.String), sa.column("b", sa.Integer))


def upgrade():
    op.execute(sa.select(t.c.a + "b"))
    op.execute(sa.select(t.c.a.concat("b")))
    op.execute(sa.select(t.c.b / 2))
    op.execute(sa.select(t.c.b // 2))
    op.execute(sa.select(t.c.b * 2 + 1))
    op.execute(sa.select((t.c.b + 1) * 2))
    op.execute(sa.select(-t.c.b))
    op.execute(sa.select(t.c.b - (t.c.b - 1)))
    op.execute(sa.select(sa.cast(t.c.a, sa.Integer)))
    op.execute(sa.select(sa.cast(t.c.b, sa.Numeric(5, 2))))
    op.execute(sa.select(sa.cast(t.c.a, sa.JSON)))
    op.execute(sa.select(t.c.a.cast(sa.String)))
    op.execute(sa.select(sa.type_coerce(t.c.a, sa.Integer)))
    op.execute(sa.select(sa.func.now()))
    op.execute(sa.select(sa.func.random()))
    op.execute(sa.select(sa.func.count()))
    op.execute(sa.select(sa.func.count(t.c.a)))
    op.execute(sa.select(sa.func.count(sa.distinct(t.c.a))))
    op.execute(sa.select(sa.func.concat("a", "b")))
    op.execute(sa.select(sa.func.MyFn(1)))
    op.execute(sa.select(sa.func.pg_catalog.setval("s", 1)))
    op.execute(sa.select(sa.func.lower(t.c.a).label("low")))
    op.execute(sa.select(sa.extract("year", t.c.d)))
    op.execute(sa.select(sa.func.coalesce(t.c.a, t.c.b, 0)))
    op.execute(sa.select(sa.func.max(t.c.b) + 1))
    op.execute(sa.select(sa.literal("x")))
    op.execute(sa.select(sa.literal(5)))
    op.execute(sa.select(sa.literal(None)))
    op.execute(sa.select(sa.literal_column("1 + 1").label("two")))
    op.execute(sa.select(sa.null()))
    op.execute(sa.select(sa.true()))
    op.execute(sa.select(sa.func.length(t.c.a) > 3))
    op.execute(sa.select(sa.func.row_number().over(partition_by=t.c.a, order_by=t.c.b.desc())))
    op.execute(sa.select(sa.func.sum(t.c.b).filter(t.c.f == True)))
    op.execute(sa.select(sa.func.char_length(t.c.a)))
    op.execute(sa.select(sa.func.current_timestamp()))
    op.execute(sa.select(t.c.a.op("||")("x")))
    op.execute(sa.select(t.c.a.op("->>")("k")))
    op.execute(sa.select(sa.nullslast(t.c.b)))
    op.execute(sa.select(sa.text("1 AS one")))
    op.execute(sa.select(sa.func.nullif(t.c.a, "")))
    op.execute(sa.select(sa.func.replace(t.c.a, "x", "y")))
    op.execute(sa.select(sa.func.substr(t.c.a, 1, 3)))


def downgrade():
    pass
