"""make 2f00bb

Revision ID: 2f00bb
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = '2f00bb'
down_revision = '2f00aa'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_2f00bb (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_2f00bb")
