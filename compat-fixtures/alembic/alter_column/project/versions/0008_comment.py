"""Comment."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade():
    op.alter_column("t", "c", comment="it's", existing_type=sa.Integer())


def downgrade():
    op.alter_column("t", "c", comment=None, existing_comment="it's", existing_type=sa.Integer())
