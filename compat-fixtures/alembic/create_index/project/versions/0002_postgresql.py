"""Postgresql."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_index("ix_w", "t", ["a"], postgresql_where=sa.text("x IS NULL"))
    op.create_index("ix_ws", "t", ["a"], postgresql_where="x IS NULL")
    op.create_index("ix_we", "t", ["a"], postgresql_where=sa.column("x").is_(None), sqlite_where=sa.column("x") == 1)
    op.create_index("ix_gin", "t", ["a"], postgresql_using="gin", postgresql_ops={"a": "gin_trgm_ops"})
    op.create_index("ix_gin2", "t", [sa.text("lower(a)")], postgresql_using="gin", postgresql_ops={"lower(a)": "gin_trgm_ops"})
    op.create_index("ix_label", "t", [sa.func.lower(sa.column("a")).label("low")], postgresql_ops={"low": "text_pattern_ops"})
    op.create_index("ix_inc", "t", ["a"], postgresql_include=["b", "c"])
    op.create_index("ix_inc0", "t", ["a"], postgresql_include=[])
    op.create_index("ix_with", "t", ["a"], postgresql_with={"m": 16, "ef_construction": 64}, postgresql_using="hnsw")
    op.create_index("ix_ts", "t", ["a"], postgresql_tablespace="ts")
    op.create_index("ix_nd", "t", ["a"], unique=True, postgresql_nulls_not_distinct=True)
    op.create_index("ix_ndf", "t", ["a"], unique=True, postgresql_nulls_not_distinct=False)
    op.create_index("ix_conc", "t", ["a"], postgresql_concurrently=True)
    op.create_index("ix_all", "t", ["a", "b"], unique=True, if_not_exists=True, postgresql_concurrently=True, postgresql_using="btree", postgresql_include=["c"], postgresql_nulls_not_distinct=True, postgresql_with={"fillfactor": 50}, postgresql_tablespace="ts", postgresql_where=sa.text("a > 0"))


def downgrade():
    op.drop_index("ix_conc", table_name="t", postgresql_concurrently=True)
    op.drop_index("ix_all", table_name="t", postgresql_concurrently=True, if_exists=True)
    op.drop_index("ix_w", table_name="t", postgresql_where=sa.text("x IS NULL"))
