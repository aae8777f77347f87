"""Alone 0."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql, sqlite

revision = "0002"
down_revision = "0001"


def upgrade():
    op.add_column("t", sa.Column("c", postgresql.JSONB()))


def downgrade():
    pass
