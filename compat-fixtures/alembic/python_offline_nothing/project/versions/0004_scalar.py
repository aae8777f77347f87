"""Scalar."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade():
    op.get_bind().scalar(sa.text("SELECT 1"))


def downgrade():
    pass
