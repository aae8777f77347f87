"""make zoo1

Revision ID: zoo1
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'zoo1'
down_revision = None
branch_labels = ('zoo',)
depends_on = ('core3', 'shoe1')


def upgrade():
    op.execute("CREATE TABLE r_zoo1 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_zoo1")
