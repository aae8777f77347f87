"""Iterated."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    for row in op.get_bind().execute(sa.text("SELECT 1")):
        op.execute("x")


def downgrade():
    pass
