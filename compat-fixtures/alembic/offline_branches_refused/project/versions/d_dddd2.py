"""make dddd2

Revision ID: dddd2
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'dddd2'
down_revision = 'dddd1'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_dddd2 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_dddd2")
