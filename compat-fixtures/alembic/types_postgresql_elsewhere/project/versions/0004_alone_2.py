"""Alone 2."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade():
    op.add_column("t", sa.Column("c", postgresql.INTERVAL()))


def downgrade():
    pass
