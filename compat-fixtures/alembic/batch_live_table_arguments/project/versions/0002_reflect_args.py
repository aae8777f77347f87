"""Reflect args."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    with op.batch_alter_table("t", reflect_args=[sa.Column("n", sa.SmallInteger(), nullable=False)]) as batch_op:
        batch_op.alter_column("n", nullable=True)


def downgrade():
    pass
