"""No name."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    with op.batch_alter_table("t") as batch_op:
        batch_op.create_unique_constraint(None, ["a"])


def downgrade():
    pass
