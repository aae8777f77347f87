"""Computed added."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade():
    op.alter_column("t", "c", server_default=sa.Computed("a + 1"), existing_server_default=None)


def downgrade():
    pass
