"""Value 4."""

import datetime
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade():
    op.execute(sa.table("t", sa.column("c", sa.JSON)).insert().values(c={"a": 1}))


def downgrade():
    pass
