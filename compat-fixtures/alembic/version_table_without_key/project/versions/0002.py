"""make 0002

Revision ID: 0002
Create Date: 2024-01-02 03:04:05
"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("one", sa.Column("a", sa.Integer()))


def downgrade():
    op.drop_column("one", "a")
