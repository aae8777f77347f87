"""View."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade():
    with op.batch_alter_table("t") as batch_op:
        batch_op.drop_column("b")


def downgrade():
    pass
