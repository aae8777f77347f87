"""Value 9."""

import datetime
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade():
    op.execute(sa.table("t", sa.column("c", sa.Integer)).insert().values(c="x"))


def downgrade():
    pass
