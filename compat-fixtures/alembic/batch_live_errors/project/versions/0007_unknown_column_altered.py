"""Unknown column altered."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade():
    with op.batch_alter_table("t") as batch_op:
        batch_op.alter_column("zzz", nullable=True)


def downgrade():
    pass
