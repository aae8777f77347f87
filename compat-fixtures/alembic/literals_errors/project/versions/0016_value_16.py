"""Value 16."""

import datetime
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade():
    op.execute(sa.table("t", sa.column("c", sa.Numeric)).insert().values(c="1.5"))


def downgrade():
    pass
