"""Unknown phrase."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade():
    op.create_table("up", sa.Column("a", sa.Integer(), sa.ForeignKey("p.id", ondelete="drop; everything")))


def downgrade():
    pass
