"""Alone 7."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"


def upgrade():
    op.add_column("t", sa.Column("c", postgresql.INT4RANGE()))


def downgrade():
    pass
