"""Change back."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade():
    op.alter_column("t", "c", server_default=sa.Identity(), existing_server_default=sa.Identity(always=True, start=5, increment=2))


def downgrade():
    pass
