"""Tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("a", sa.Integer()), sa.Column("b", sa.Integer()), sa.UniqueConstraint("a", "b"), sa.Index(None, "a", "b"))
    op.create_foreign_key(None, "t", "p", ["a", "b"], ["x", "y"])
    op.create_unique_constraint(None, "t", ["b"], schema="s")


def downgrade():
    op.drop_table("t")
