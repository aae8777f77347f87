"""Unknown column."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade():
    with op.batch_alter_table("t") as batch_op:
        batch_op.drop_column("zzz")


def downgrade():
    pass
