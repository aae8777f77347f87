"""make zoo2

Revision ID: zoo2
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'zoo2'
down_revision = 'zoo1'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_zoo2 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_zoo2")
