"""Undefined name."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade():
    op.execute(undefined)


def downgrade():
    pass
