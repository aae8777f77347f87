"""Rename."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    with op.batch_alter_table("t") as batch_op:
        batch_op.alter_column("name", new_column_name="title", existing_type=sa.String(50))


def downgrade():
    pass
