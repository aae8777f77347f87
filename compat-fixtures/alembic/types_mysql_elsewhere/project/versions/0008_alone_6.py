"""Alone 6."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0008"
down_revision = "0007"


def upgrade():
    op.add_column("t", sa.Column("c", mysql.ENUM("a")))


def downgrade():
    pass
