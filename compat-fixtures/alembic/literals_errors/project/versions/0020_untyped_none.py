"""Untyped none."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade():
    op.bulk_insert(sa.table("t", sa.column("c")), [{"c": None}])


def downgrade():
    pass
