"""Value 3."""

import datetime
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.execute(sa.table("t", sa.column("c", sa.DateTime)).insert().values(c="2020-01-02"))


def downgrade():
    pass
