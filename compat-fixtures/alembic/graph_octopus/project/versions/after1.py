"""make after1

Revision ID: after1
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'after1'
down_revision = 'merge1'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_after1 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_after1")
