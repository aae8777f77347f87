"""Not a dictionary."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade():
    op.bulk_insert(sa.table("t", sa.column("id", sa.Integer)), [(1,)])


def downgrade():
    pass
