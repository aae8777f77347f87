"""make base1

Revision ID: base1
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'base1'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_base1 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_base1")
