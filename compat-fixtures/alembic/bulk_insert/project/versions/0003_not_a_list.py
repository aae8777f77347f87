"""Not a list."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.bulk_insert(sa.table("t", sa.column("id", sa.Integer)), {"id": 1})


def downgrade():
    pass
