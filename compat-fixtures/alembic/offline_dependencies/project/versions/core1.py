"""make core1

Revision ID: core1
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'core1'
down_revision = None
branch_labels = ('core',)
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_core1 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_core1")
