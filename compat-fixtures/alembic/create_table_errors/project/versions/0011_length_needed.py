"""Length needed."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade():
    op.create_table("t", sa.Column("a", sa.String()))


def downgrade():
    pass
