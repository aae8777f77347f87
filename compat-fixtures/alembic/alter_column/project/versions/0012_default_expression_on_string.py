"""Default expression on string."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade():
    op.alter_column("t", "c", server_default=sa.text("uuid()"), existing_type=sa.String(36), nullable=False)


def downgrade():
    pass
