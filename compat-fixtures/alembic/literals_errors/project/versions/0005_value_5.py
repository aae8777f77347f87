"""Value 5."""

import datetime
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade():
    op.execute(sa.table("t", sa.column("c", sa.JSON)).insert().values(c=[1]))


def downgrade():
    pass
