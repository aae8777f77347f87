"""Main."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    with op.batch_alter_table("t", schema="main") as batch_op:
        batch_op.drop_column("created")
        batch_op.drop_index("ix_t_created")


def downgrade():
    pass
