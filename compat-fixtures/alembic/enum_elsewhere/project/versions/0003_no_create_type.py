"""No create type."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade():
    op.create_table("t", sa.Column("a", postgresql.ENUM("a", "b", name="e", create_type=False)))


def downgrade():
    pass
