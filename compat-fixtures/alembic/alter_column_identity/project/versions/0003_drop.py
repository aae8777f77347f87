"""Drop."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.alter_column("t", "c", server_default=None, existing_server_default=sa.Identity())


def downgrade():
    pass
