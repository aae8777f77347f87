"""Reflect kwargs."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    with op.batch_alter_table("t", reflect_kwargs={"listeners": []}) as batch_op:
        batch_op.alter_column("name", nullable=True)


def downgrade():
    pass
