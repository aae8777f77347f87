"""make a-b

Revision ID: a-b
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'a-b'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_a-b (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_a-b")
