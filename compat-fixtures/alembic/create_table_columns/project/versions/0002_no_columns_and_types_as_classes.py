"""No columns and types as classes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_table("empty")
    op.create_table("classes", sa.Column("a", sa.Integer), sa.Column("b", sa.String(length=9)), sa.Column("c", sa.Text))
    op.create_table("named_key", sa.Column("a", sa.Integer, key="z"), sa.UniqueConstraint("z", name="uq_z"))
    op.create_table("hidden", sa.Column("xmin", sa.Integer, system=True), sa.Column("a", sa.Integer))


def downgrade():
    op.drop_table("empty")
