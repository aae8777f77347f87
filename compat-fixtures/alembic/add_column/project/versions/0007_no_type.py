"""No type."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade():
    op.add_column("t", sa.Column("c"))


def downgrade():
    pass
