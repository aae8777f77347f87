"""Alone 7."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0009"
down_revision = "0008"


def upgrade():
    op.add_column("t", sa.Column("c", mysql.BIT(1)))


def downgrade():
    pass
