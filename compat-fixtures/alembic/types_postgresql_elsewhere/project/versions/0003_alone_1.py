"""Alone 1."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade():
    op.add_column("t", sa.Column("c", postgresql.TSVECTOR()))


def downgrade():
    pass
