"""Fetchall."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    rows = op.get_bind().execute(sa.text("SELECT 1")).fetchall()


def downgrade():
    pass
