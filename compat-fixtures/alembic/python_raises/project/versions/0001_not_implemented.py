"""Not implemented."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.execute("SELECT 1")


def downgrade():
    raise NotImplementedError("cannot be undone")
