"""Column without type."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.create_table("t", sa.Column("a"))


def downgrade():
    pass
