"""make two22

Revision ID: two22
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'two22'
down_revision = 'base1'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_two22 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_two22")
