"""Unique."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade():
    op.add_column("t", sa.Column("c", sa.Integer(), unique=True))


def downgrade():
    pass
