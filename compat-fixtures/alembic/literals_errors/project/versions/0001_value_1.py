"""Value 1."""

import datetime
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.execute(sa.table("t", sa.column("c", sa.String)).insert().values(c=5))


def downgrade():
    pass
