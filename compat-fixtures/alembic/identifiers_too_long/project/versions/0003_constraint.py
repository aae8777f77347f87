"""Constraint."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.create_unique_constraint("uq_" + "y" * 70, "t", ["a"])


def downgrade():
    pass
