"""Add."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.alter_column("t", "c", server_default=sa.Identity(), existing_type=sa.Integer(), existing_server_default=None)


def downgrade():
    pass
