"""Unknown index."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    with op.batch_alter_table("t") as batch_op:
        batch_op.drop_index("nope")
        batch_op.drop_column("b")


def downgrade():
    pass
