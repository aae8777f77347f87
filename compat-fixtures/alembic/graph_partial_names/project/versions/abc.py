"""make abc

Revision ID: abc
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'abc'
down_revision = '2f00bb'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_abc (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_abc")
