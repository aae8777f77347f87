"""Long names."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade():
    op.create_table("t" * 50, sa.Column("a" * 30, sa.Integer(), index=True, unique=False), sa.Column("b" * 30, sa.Integer(), unique=True))


def downgrade():
    pass
