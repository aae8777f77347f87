"""Value 14."""

import datetime
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade():
    op.execute(sa.table("t", sa.column("c", sa.ARRAY(sa.String))).insert().values(c=["a", "b"]))


def downgrade():
    pass
