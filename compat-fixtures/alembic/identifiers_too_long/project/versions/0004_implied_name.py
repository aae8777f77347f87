"""Implied name."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade():
    op.create_table("t" * 60, sa.Column("a" * 30, sa.Integer(), index=True))


def downgrade():
    pass
