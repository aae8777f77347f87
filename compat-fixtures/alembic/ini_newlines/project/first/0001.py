"""make 0001

Revision ID: 0001
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_0001 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_0001")
