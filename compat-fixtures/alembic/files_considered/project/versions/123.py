"""number
in two lines

Revision ID: d2
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'd2'
down_revision = 'd1'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_d2 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_d2")
