"""Foreign key."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.add_column("t", sa.Column("c", sa.Integer(), sa.ForeignKey("p.id", ondelete="CASCADE")))


def downgrade():
    pass
