"""Copied."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    with op.batch_alter_table("t") as batch_op:
        batch_op.alter_column("a", nullable=True, existing_type=sa.Integer())


def downgrade():
    pass
