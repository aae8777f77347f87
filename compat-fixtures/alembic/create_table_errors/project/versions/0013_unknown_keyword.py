"""Unknown keyword."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade():
    op.create_table("t", sa.Column("a", sa.Integer(), nullabel=True))


def downgrade():
    pass
