"""No op."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade():
    op.alter_column("t", "c")


def downgrade():
    pass
