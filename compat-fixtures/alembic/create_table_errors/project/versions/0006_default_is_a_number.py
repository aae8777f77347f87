"""Default is a number."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade():
    op.create_table("t", sa.Column("a", sa.Integer(), server_default=5))


def downgrade():
    pass
