"""Existing autoincrement."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade():
    op.alter_column("t", "c", existing_type=sa.Integer(), type_=sa.BigInteger(), nullable=False, existing_autoincrement=True)


def downgrade():
    pass
