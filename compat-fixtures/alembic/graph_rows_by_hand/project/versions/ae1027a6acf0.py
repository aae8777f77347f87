"""make ae1027a6acf0

Revision ID: ae1027a6acf0
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'ae1027a6acf0'
down_revision = '3c4d5e6f7a8b'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_ae1027a6acf0 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_ae1027a6acf0")
