"""Exit."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade():
    raise SystemExit(3)


def downgrade():
    pass
