"""make core2

Revision ID: core2
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'core2'
down_revision = 'core1'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_core2 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_core2")
