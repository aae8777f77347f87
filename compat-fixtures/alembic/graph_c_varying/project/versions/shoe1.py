"""make shoe1

Revision ID: shoe1
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'shoe1'
down_revision = None
branch_labels = ('shoes',)
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_shoe1 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_shoe1")
