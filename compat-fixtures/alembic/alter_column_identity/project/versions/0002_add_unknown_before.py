"""Add unknown before."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.alter_column("t", "c", server_default=sa.Identity(always=True, start=5))


def downgrade():
    pass
