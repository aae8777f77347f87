"""make bbbb1

Revision ID: bbbb1
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'bbbb1'
down_revision = 'aaaa1'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_bbbb1 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_bbbb1")
