"""Untyped."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade():
    op.bulk_insert(sa.table("t", sa.column("c")), [{"c": "x"}])


def downgrade():
    pass
