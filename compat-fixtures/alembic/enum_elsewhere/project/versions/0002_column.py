"""Column."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_table("t", sa.Column("a", postgresql.ENUM("a", "b", name="e")))


def downgrade():
    pass
