"""make ffff1

Revision ID: ffff1
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision: str = 'ffff1'
down_revision: str | tuple | None = 'eeee1'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_ffff1 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_ffff1")
