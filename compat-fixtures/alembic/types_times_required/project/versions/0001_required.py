"""Required."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("t", sa.Column("a", sa.TIMESTAMP(), nullable=False), sa.Column("b", sa.TIMESTAMP(), nullable=True), sa.Column("c", sa.TIMESTAMP(timezone=True), server_default=sa.func.now(), nullable=False), sa.Column("d", sa.DateTime(), nullable=False))


def downgrade():
    op.drop_table("t")
