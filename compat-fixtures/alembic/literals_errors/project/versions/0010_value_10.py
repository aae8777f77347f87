"""Value 10."""

import datetime
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade():
    op.execute(sa.table("t", sa.column("c", sa.types.NullType)).insert().values(c="x"))


def downgrade():
    pass
