"""Value 6."""

import datetime
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade():
    op.execute(sa.table("t", sa.column("c", sa.Boolean)).insert().values(c="t"))


def downgrade():
    pass
