"""Value 2."""

import datetime
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.execute(sa.table("t", sa.column("c", sa.Date)).insert().values(c="2020-01-02"))


def downgrade():
    pass
