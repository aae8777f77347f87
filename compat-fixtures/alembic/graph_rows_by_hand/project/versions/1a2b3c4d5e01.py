"""make 1a2b3c4d5e01

Revision ID: 1a2b3c4d5e01
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = '1a2b3c4d5e01'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_1a2b3c4d5e01 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_1a2b3c4d5e01")
