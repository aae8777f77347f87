"""Exit."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    raise SystemExit(3)


def downgrade():
    pass
