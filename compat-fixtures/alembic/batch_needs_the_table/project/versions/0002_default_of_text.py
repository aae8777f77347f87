"""Default of text."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    with op.batch_alter_table("t") as batch_op:
        batch_op.add_column(sa.Column("n", sa.DateTime(), server_default=sa.func.now()))


def downgrade():
    pass
