"""make r2

Revision ID: r2
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'r2'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_r2 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_r2")
