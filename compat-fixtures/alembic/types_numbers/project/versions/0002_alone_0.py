"""Alone 0."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.add_column("t", sa.Column("c", sa.Double(53)))


def downgrade():
    pass
