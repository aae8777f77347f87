"""No foreign key."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

metadata = sa.MetaData()
left = sa.Table("left_side", metadata, sa.Column("id", sa.Integer(), primary_key=True))
right = sa.Table("right_side", metadata, sa.Column("id", sa.Integer(), primary_key=True))


def upgrade():
    op.execute(sa.select(left.c.id).select_from(left.join(right)))


def downgrade():
    op.execute(sa.select(left.c.id).join(right))
