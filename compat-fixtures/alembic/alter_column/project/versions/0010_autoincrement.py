"""Autoincrement."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade():
    op.alter_column("t", "c", existing_type=sa.Integer(), nullable=False, autoincrement=True)


def downgrade():
    pass
