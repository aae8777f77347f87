"""Alone 5."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0007"
down_revision = "0006"


def upgrade():
    op.add_column("t", sa.Column("c", mysql.MEDIUMBLOB()))


def downgrade():
    pass
