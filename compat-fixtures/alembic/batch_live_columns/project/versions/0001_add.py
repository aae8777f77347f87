"""Add."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    with op.batch_alter_table("t") as batch_op:
        batch_op.add_column(sa.Column("added", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("stamp", sa.DateTime(), server_default=sa.func.now()))


def downgrade():
    pass
