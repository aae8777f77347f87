"""Computed dropped."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade():
    op.alter_column("t", "c", server_default=None, existing_server_default=sa.Computed("a + 1"))


def downgrade():
    pass
