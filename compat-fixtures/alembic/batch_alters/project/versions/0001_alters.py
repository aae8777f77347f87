"""Alters."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    with op.batch_alter_table("t", schema=None) as batch_op:
        batch_op.add_column(sa.Column("a", sa.Integer(), nullable=True))
        batch_op.alter_column("b", existing_type=sa.String(5), type_=sa.String(9), existing_nullable=True)
        batch_op.drop_column("c")
        batch_op.create_unique_constraint("uq_a", ["a"])
        batch_op.create_unique_constraint(batch_op.f("uq_b"), ["b", "a"])
        batch_op.create_foreign_key("fk_a", "p", ["a"], ["id"], ondelete="CASCADE")
        batch_op.create_foreign_key(None, "p", ["b"], ["id"], referent_schema="s")
        batch_op.create_check_constraint("ck_a", "a > 1")
        batch_op.create_index("ix_a", ["a"], unique=False)
        batch_op.create_index(batch_op.f("ix_t_b"), ["b"], unique=True)
        batch_op.drop_index("ix_old")
        batch_op.drop_constraint("fk_old", type_="foreignkey")
        batch_op.drop_constraint("uq_old", type_="unique")
        batch_op.create_table_comment("comment")
    op.execute("SELECT 'after'")


def downgrade():
    with op.batch_alter_table("t") as batch_op:
        batch_op.drop_constraint("uq_a", type_="unique")
        batch_op.drop_index(batch_op.f("ix_t_b"))
        batch_op.drop_column("a")
        batch_op.alter_column("b", new_column_name="bb", existing_type=sa.String(9))
        batch_op.create_primary_key("pk", ["bb"])
