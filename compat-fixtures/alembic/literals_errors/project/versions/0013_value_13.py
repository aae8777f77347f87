"""Value 13."""

import datetime
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade():
    op.execute(sa.table("t", sa.column("c", sa.Uuid)).insert().values(c="00000000-0000-0000-0000-000000000005"))


def downgrade():
    pass
