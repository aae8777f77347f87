"""Dotted schema."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.create_table("t", sa.Column("a", sa.Integer()), schema="a.b")
    op.add_column("t", sa.Column("b", sa.Integer()), schema="a.b")
    op.create_index("ix", "t", ["a"], schema="a.b")
    op.drop_table("t", schema="a.b")


def downgrade():
    pass
