"""make cccc1

Revision ID: cccc1
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'cccc1'
down_revision = 'bbbb1'
branch_labels = 'left'
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_cccc1 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_cccc1")
