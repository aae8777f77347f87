"""Function in rows."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade():
    op.bulk_insert(sa.table("t", sa.column("c", sa.DateTime)), [{"c": sa.func.now()}])


def downgrade():
    pass
