"""create the @SCHEMA@ schema

Revision ID: 0001
Revises:
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute('CREATE SCHEMA IF NOT EXISTS "@SCHEMA@"')


def downgrade():
    # The schema stays: it holds the version table.
    pass
