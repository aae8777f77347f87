"""Attribute."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade():
    op.execute("x".nope)


def downgrade():
    pass
