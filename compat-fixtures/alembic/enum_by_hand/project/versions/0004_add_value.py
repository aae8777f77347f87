"""Add value."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade():
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE mood ADD VALUE IF NOT EXISTS 'furious'")
    op.execute("ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'")


def downgrade():
    pass
