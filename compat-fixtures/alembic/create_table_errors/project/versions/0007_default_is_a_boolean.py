"""Default is a boolean."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade():
    op.create_table("t", sa.Column("a", sa.Boolean(), server_default=False))


def downgrade():
    pass
