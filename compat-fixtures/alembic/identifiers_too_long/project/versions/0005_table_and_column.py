"""Table and column."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade():
    op.create_table("t" * 70, sa.Column("c" * 70, sa.Integer()))


def downgrade():
    pass
