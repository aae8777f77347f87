"""make shoe2

Revision ID: shoe2
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'shoe2'
down_revision = 'shoe1'
branch_labels = None
depends_on = 'core2'


def upgrade():
    op.execute("CREATE TABLE r_shoe2 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_shoe2")
