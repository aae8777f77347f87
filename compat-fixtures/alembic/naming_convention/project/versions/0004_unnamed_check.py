"""Unnamed check."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade():
    op.create_check_constraint(None, "t", "a > 1")


def downgrade():
    pass
