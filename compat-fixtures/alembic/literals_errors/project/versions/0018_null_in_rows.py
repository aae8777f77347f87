"""Null in rows."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade():
    op.bulk_insert(sa.table("t", sa.column("c", sa.JSON)), [{"c": sa.null()}])


def downgrade():
    pass
