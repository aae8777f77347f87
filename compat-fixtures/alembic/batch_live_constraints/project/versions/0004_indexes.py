"""Indexes."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade():
    with op.batch_alter_table("t") as batch_op:
        batch_op.create_index("ix_n", ["n"], unique=True)
        batch_op.drop_index("ix_t_created")


def downgrade():
    pass
