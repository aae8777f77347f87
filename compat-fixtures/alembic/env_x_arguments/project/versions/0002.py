"""make 0002

Revision ID: 0002
Create Date: 2024-01-02 03:04:05
"""

import sqlalchemy as sa
from alembic import context, op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("one_" + context.get_x_argument(as_dictionary=True)["table"], sa.Column("a", sa.Integer()))


def downgrade():
    op.drop_column("one", "a")
