"""make aaaa1

Revision ID: aaaa1
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'aaaa1'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_aaaa1 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_aaaa1")
