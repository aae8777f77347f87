"""Columns for drop table."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade():
    op.create_table("t")


def downgrade():
    op.drop_table("t", sa.Column("a", sa.Integer()))
