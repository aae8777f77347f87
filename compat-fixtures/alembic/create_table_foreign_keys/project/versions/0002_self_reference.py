"""Self reference."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_table("tree", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("parent", sa.Integer(), sa.ForeignKey("tree.id", ondelete="SET NULL")))


def downgrade():
    op.drop_table("tree")
