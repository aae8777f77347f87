"""Partial."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    with op.batch_alter_table("t", recreate="always", partial_reordering=[("created", "last"), ("n", "pid")]) as batch_op:
        batch_op.add_column(sa.Column("last", sa.Integer()))


def downgrade():
    pass
