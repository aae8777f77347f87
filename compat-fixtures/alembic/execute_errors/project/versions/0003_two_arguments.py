"""Two arguments."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.execute("SELECT 1", {"a": 1})


def downgrade():
    pass
