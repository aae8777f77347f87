"""make shoe3

Revision ID: shoe3
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'shoe3'
down_revision = 'shoe2'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_shoe3 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_shoe3")
