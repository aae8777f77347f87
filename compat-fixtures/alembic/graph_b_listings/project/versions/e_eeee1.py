"""merge left and right

Revision ID: eeee1
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'eeee1'
down_revision = ('cccc2', 'dddd2')
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_eeee1 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_eeee1")
