"""Quoted."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade():
    op.create_table("Order", sa.Column("ID", sa.Integer(), primary_key=True))
    op.create_table("line", sa.Column("orderId", sa.Integer(), sa.ForeignKey("Order.ID")))


def downgrade():
    op.drop_table("line")
    op.drop_table("Order")
