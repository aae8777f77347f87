"""  spaces around  

Revision ID: d4
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'd4'
down_revision = 'd3'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_d4 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_d4")
