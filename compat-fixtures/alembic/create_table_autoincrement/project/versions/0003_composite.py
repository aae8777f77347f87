"""Composite."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.create_table("two", sa.Column("a", sa.Integer(), primary_key=True), sa.Column("b", sa.Integer(), primary_key=True))
    op.create_table("two_constraint", sa.Column("a", sa.Integer()), sa.Column("b", sa.Text()), sa.PrimaryKeyConstraint("b", "a"))


def downgrade():
    pass
