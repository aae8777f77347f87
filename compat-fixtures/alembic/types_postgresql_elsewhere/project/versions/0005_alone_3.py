"""Alone 3."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


def upgrade():
    op.add_column("t", sa.Column("c", postgresql.BIT(5)))


def downgrade():
    pass
