"""dots

not this

Revision ID: d3
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = 'd3'
down_revision = 'd2'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_d3 (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_d3")
