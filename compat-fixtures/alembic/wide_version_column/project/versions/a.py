"""make aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa

Revision ID: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
