"""Alone 1."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0003"
down_revision = "0002"


def upgrade():
    op.add_column("t", sa.Column("c", mysql.MEDIUMINT(9)))


def downgrade():
    pass
