"""Unnamed enum."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade():
    op.create_table("t", sa.Column("a", sa.Enum("x", "y")))


def downgrade():
    pass
