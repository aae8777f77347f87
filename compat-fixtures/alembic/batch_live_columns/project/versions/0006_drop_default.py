"""Drop default."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade():
    with op.batch_alter_table("t") as batch_op:
        batch_op.alter_column("title", server_default=None)


def downgrade():
    pass
