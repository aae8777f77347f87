"""Using without type."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade():
    op.alter_column("t", "c", nullable=False, existing_type=sa.Integer(), postgresql_using="c::int")


def downgrade():
    pass
