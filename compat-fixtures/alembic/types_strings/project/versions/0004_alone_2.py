"""Alone 2."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade():
    op.add_column("t", sa.Column("c", sa.Unicode()))


def downgrade():
    pass
