"""Alone 1."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql, sqlite

revision = "0003"
down_revision = "0002"


def upgrade():
    op.add_column("t", sa.Column("c", postgresql.JSONB(astext_type=sa.Text())))


def downgrade():
    pass
