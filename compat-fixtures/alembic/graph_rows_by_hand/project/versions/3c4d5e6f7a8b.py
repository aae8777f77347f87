"""make 3c4d5e6f7a8b

Revision ID: 3c4d5e6f7a8b
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = '3c4d5e6f7a8b'
down_revision = '1a2b3c4d5e01'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_3c4d5e6f7a8b (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_3c4d5e6f7a8b")
