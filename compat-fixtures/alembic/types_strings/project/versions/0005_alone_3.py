"""Alone 3."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade():
    op.add_column("t", sa.Column("c", sa.VARBINARY()))


def downgrade():
    pass
