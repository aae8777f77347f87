"""Text."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.execute("CREATE TABLE a (x TEXT)")
    op.execute("INSERT INTO a VALUES (':z')")


def downgrade():
    pass
