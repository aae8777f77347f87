"""make one11

Revision ID: one11
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'one11'
down_revision = 'base1'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_one11 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_one11")
