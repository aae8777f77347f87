"""Without type."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade():
    op.create_table("quiet", sa.Column("a", postgresql.ENUM("on", "off", name="state", create_type=False)), sa.Column("b", postgresql.ENUM(name="state", create_type=False)))


def downgrade():
    pass
