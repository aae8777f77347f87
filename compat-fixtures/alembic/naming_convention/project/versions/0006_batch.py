"""Batch."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade():
    with op.batch_alter_table("t") as batch_op:
        batch_op.create_unique_constraint(None, ["a"])
        batch_op.create_foreign_key(batch_op.f("fk_x"), "p", ["a"], ["id"])


def downgrade():
    pass
