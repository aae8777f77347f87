"""Nullability."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.alter_column("t", "c", existing_type=sa.String(50), nullable=False)
    op.alter_column("t", "c", existing_type=sa.String(50), nullable=True, existing_server_default="x")
    op.alter_column("t", "c", existing_type=sa.DateTime(), nullable=False)
    op.alter_column("t", "c", existing_type=sa.TIMESTAMP(), nullable=True)
    op.alter_column("t", "c", existing_type=sa.String(50), nullable=False, existing_comment="c")


def downgrade():
    op.alter_column("t", "c", existing_type=sa.String(50), nullable=True)
