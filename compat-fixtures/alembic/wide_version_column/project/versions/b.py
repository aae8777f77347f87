"""make b1

Revision ID: b1
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'b1'
down_revision = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_b1 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_b1")
