"""make r3

Revision ID: r3
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'r3'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_r3 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_r3")
