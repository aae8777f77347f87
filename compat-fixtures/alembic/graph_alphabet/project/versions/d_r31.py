"""make r31

Revision ID: r31
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'r31'
down_revision = 'r3'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_r31 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_r31")
