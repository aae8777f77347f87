"""Common."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_index("ix_a", "t", ["a"])
    op.create_index("ix_u", "t", ["a", "b"], unique=True)
    op.create_index("ix_s", "t", ["a"], schema="s")
    op.create_index(None, "t", ["a", "b"])
    op.create_index("ix_f", "t", [sa.text("lower(a)")])
    op.create_index("ix_l", "t", [sa.literal_column("lower(a)"), "b"])
    op.create_index("ix_fn", "t", [sa.func.lower(sa.column("a"))])
    op.create_index("ix_m", "t", ["b", sa.text("a DESC NULLS LAST")])
    op.create_index("ix_d", "t", [sa.column("a").desc(), sa.column("b").asc().nulls_last()])
    op.create_index("ix_x", "t", ["a"], if_not_exists=True)
    op.create_index("Ix Mixed", "Order", ["camelCase", "user"], unique=False)
    op.create_index(op.f("ix_final"), "t", ["a"], unique=False)
    op.create_index("ix_ko", "사용자", ["이름"])
    op.create_index("ix_coalesce", "t", [sa.text("coalesce(a, '')"), sa.func.coalesce(sa.column("b"), 0)], unique=True)
    op.create_index("ix_kw", table_name="t", columns=["a"])


def downgrade():
    op.drop_index("ix_a", table_name="t")
    op.drop_index("ix_u", "t")
    op.drop_index("ix_s", table_name="t", schema="s")
    op.drop_index("ix_none")
    op.drop_index(op.f("ix_final"), table_name="t", if_exists=True)
    op.drop_index("Ix Mixed", table_name="Order")
