"""Unknown table."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade():
    with op.batch_alter_table("nope") as batch_op:
        batch_op.drop_column("a")


def downgrade():
    pass
