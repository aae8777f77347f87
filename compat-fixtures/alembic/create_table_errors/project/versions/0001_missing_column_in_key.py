"""Missing column in key."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("t", sa.Column("a", sa.Integer()), sa.PrimaryKeyConstraint("b"))


def downgrade():
    pass
