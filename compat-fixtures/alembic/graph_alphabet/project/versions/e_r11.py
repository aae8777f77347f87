"""make r11

Revision ID: r11
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'r11'
down_revision = 'r1'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_r11 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_r11")
