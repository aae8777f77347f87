"""make dddd1

Revision ID: dddd1
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'dddd1'
down_revision = 'bbbb1'
branch_labels = ('right',)
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_dddd1 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_dddd1")
