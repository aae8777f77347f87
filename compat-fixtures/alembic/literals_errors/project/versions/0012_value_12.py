"""Value 12."""

import datetime
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade():
    op.execute(sa.table("t", sa.column("c", sa.Enum('a', name='e'))).insert().values(c="unknown"))


def downgrade():
    pass
