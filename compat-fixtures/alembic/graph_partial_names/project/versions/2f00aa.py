"""make 2f00aa

Revision ID: 2f00aa
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = '2f00aa'
down_revision = '1a2b3c4d5e01'
branch_labels = 'labelled'
depends_on = None


def upgrade():
    op.execute("CREATE TABLE r_2f00aa (x INTEGER)")


def downgrade():
    op.execute("DROP TABLE r_2f00aa")
