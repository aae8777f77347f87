"""make core3

Revision ID: core3
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'core3'
down_revision = 'core2'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_core3 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_core3")
