"""Change."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade():
    op.alter_column("t", "c", server_default=sa.Identity(always=True, start=5, increment=2), existing_server_default=sa.Identity())


def downgrade():
    pass
