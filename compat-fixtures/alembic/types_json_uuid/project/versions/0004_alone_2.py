"""Alone 2."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql, sqlite

revision = "0004"
down_revision = "0003"


def upgrade():
    op.add_column("t", sa.Column("c", postgresql.JSONB(none_as_null=True)))


def downgrade():
    pass
