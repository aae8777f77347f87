"""Text of a boolean."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade():
    op.create_table("t", sa.Column("a", sa.Boolean(), server_default=sa.text(True)))


def downgrade():
    pass
