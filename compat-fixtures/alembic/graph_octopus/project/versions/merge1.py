"""make merge1

Revision ID: merge1
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'merge1'
down_revision = ('one11', 'two22', 'three3')
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_merge1 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_merge1")
