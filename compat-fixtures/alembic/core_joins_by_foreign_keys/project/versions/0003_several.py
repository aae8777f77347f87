"""Several foreign keys."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

metadata = sa.MetaData()
left = sa.Table("left_side", metadata, sa.Column("id", sa.Integer(), primary_key=True))
right = sa.Table("right_side", metadata, sa.Column("a", sa.ForeignKey("left_side.id")), sa.Column("b", sa.ForeignKey("left_side.id")))


def upgrade():
    op.execute(sa.select(left.c.id).join(right))


def downgrade():
    pass
