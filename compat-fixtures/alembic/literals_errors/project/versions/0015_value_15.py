"""Value 15."""

import datetime
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade():
    op.execute(sa.table("t", sa.column("c", sa.Float)).insert().values(c=float("nan")))


def downgrade():
    pass
