"""make 0002

Revision ID: 0002
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_0002 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_0002")
