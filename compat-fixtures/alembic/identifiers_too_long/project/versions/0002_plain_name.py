"""Plain name."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_index("ix_" + "x" * 70, "t", ["a"])


def downgrade():
    pass
