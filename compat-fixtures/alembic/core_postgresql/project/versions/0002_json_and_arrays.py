"""Json and arrays."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade():
    j = sa.table("j", sa.column("id", sa.Integer), sa.column("data", postgresql.JSONB), sa.column("tags", postgresql.ARRAY(sa.Text)), sa.column("plain", sa.JSON))
    op.execute(sa.select(j.c.data["key"]))
    op.execute(sa.select(j.c.data["key"].astext))
    op.execute(sa.select(j.c.data[("a", "b")].astext))
    op.execute(sa.select(j.c.plain["key"]))
    op.execute(sa.select(j.c.id).where(j.c.data.has_key("x")))
    op.execute(sa.select(j.c.id).where(j.c.data["n"].astext.cast(sa.Integer) > 3))
    op.execute(sa.select(j.c.id).where(j.c.tags.any("x")))
    op.execute(sa.select(j.c.id).where(j.c.tags.contains(["x", "y"])))
    op.execute(sa.select(sa.func.unnest(j.c.tags)))
    op.execute(sa.select(sa.func.jsonb_build_object("a", j.c.id, "b", "x")))
    op.execute(j.update().values(data=sa.func.jsonb_set(j.c.data, "{a}", sa.literal_column("'1'::jsonb"))))
    op.execute(j.update().values(tags=postgresql.array(["a", "b"])))
    op.execute(j.update().values(tags=sa.func.array_append(j.c.tags, "z")))
    op.execute(j.update().values(tags=["a", "b"]))
    op.execute(j.update().values(data=sa.text("'{}'")))
    op.execute(j.update().values(data=sa.null()))
    op.execute(sa.select(sa.func.array_agg(postgresql.aggregate_order_by(j.c.id, j.c.id.desc()))))
    op.execute(sa.select(j.c.id.cast(sa.Text) + "x"))
    op.execute(sa.select(sa.cast(j.c.plain, postgresql.JSONB).op("@>")(sa.text("'{}'"))))
    op.execute(sa.select(sa.cast(j.c.tags, postgresql.ARRAY(sa.String(5)))))
    op.execute(sa.select(j.c.id).distinct(j.c.data))
    op.execute(sa.select(j.c.tags[1]))


def downgrade():
    pass
