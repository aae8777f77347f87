"""make xyz

Revision ID: xyz
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'xyz'
down_revision = 'abc'
branch_labels = 'x'
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_xyz (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_xyz")
