"""Rename without type of before."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade():
    op.alter_column("t", "c", new_column_name="d")


def downgrade():
    pass
