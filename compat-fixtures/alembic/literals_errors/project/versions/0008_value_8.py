"""Value 8."""

import datetime
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade():
    op.execute(sa.table("t", sa.column("c", sa.Interval)).insert().values(c=datetime.timedelta(hours=1)))


def downgrade():
    pass
