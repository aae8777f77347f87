"""Column flags."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "t",
        sa.Column("a", sa.Integer(), index=True),
        sa.Column("b", sa.Integer(), unique=True, index=True),
        sa.Column("c", sa.String(9)),
        sa.Index("ix_expression", sa.text("lower(c)")),
        sa.Index("ix_two", "a", "c", unique=True),
    )
    op.create_table("u", sa.Column("a", sa.Integer(), index=True), schema="s1")
    op.create_table("single", sa.Column("a", sa.Integer()), sa.Index(None, "a"))


def downgrade():
    op.drop_index("ix_two", table_name="t")
    op.drop_table("single")
    op.drop_table("t")
