"""Value 11."""

import datetime
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade():
    op.execute(sa.table("t", sa.column("c", sa.DateTime)).insert().values(c=datetime.date(2020, 1, 2)))


def downgrade():
    pass
