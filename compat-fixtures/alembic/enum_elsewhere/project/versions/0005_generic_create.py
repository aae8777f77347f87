"""Generic create."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


def upgrade():
    sa.Enum("a", name="e").create(op.get_bind())
    op.execute("SELECT 1")


def downgrade():
    pass
