"""Value 7."""

import datetime
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade():
    op.execute(sa.table("t", sa.column("c", sa.LargeBinary)).insert().values(c=b"\xff"))


def downgrade():
    pass
