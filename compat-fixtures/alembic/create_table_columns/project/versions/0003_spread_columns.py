"""Spread columns."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    columns = [sa.Column(f"c{number}", sa.Integer()) for number in range(6)]
    op.create_table("spread", *columns, sa.Column("last", sa.Text()), **{"comment": "spread"})
    op.create_table(*["listed", sa.Column("a", sa.Integer())])


def downgrade():
    op.drop_table("spread")
