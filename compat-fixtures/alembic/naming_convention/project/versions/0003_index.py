"""Index."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.create_index(None, "t", ["a"])
    op.create_index(None, "t", ["a", "b"], schema="x")


def downgrade():
    pass
