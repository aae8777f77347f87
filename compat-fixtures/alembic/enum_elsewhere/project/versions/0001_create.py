"""Create."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade():
    postgresql.ENUM("a", name="e").create(op.get_bind(), checkfirst=False)


def downgrade():
    pass
