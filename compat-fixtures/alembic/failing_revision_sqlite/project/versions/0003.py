"""make 0003

Revision ID: 0003
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_0003 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_0003")
