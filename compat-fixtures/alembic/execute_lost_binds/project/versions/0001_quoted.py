"""Quoted."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.execute("UPDATE t SET a = '{\"a\":1}', b = ':z', c = '12:30'")


def downgrade():
    pass
