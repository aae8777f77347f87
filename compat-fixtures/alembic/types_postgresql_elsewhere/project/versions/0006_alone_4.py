"""Alone 4."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"


def upgrade():
    op.add_column("t", sa.Column("c", postgresql.ARRAY(sa.Integer())))


def downgrade():
    pass
