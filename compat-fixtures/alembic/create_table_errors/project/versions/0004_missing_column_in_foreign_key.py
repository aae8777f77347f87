"""Missing column in foreign key."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade():
    op.create_table("t", sa.Column("a", sa.Integer()), sa.ForeignKeyConstraint(["zz"], ["p.id"]))


def downgrade():
    pass
