"""In a comment."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.execute("SELECT 1 -- see :note")


def downgrade():
    pass
