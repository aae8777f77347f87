"""make cccc2

Revision ID: cccc2
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'cccc2'
down_revision = 'cccc1'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_cccc2 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_cccc2")
