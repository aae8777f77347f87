"""Postgresql inet."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"


def upgrade():
    op.execute(sa.table("t", sa.column("c", postgresql.INET)).insert().values(c="127.0.0.1"))


def downgrade():
    pass
