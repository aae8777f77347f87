"""step_5

Revision ID: 5555
Create Date: 2024-01-02 03:04:05
"""

import sqlalchemy as sa
from alembic import op

revision = '5555'
down_revision = '4444'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('t_5', sa.Column("id", sa.Integer(), primary_key=True), sa.Column("what", sa.String(20), nullable=False, server_default="x"))
    op.create_index("ix_t_5_what", 't_5', ["what"])


def downgrade():
    op.drop_index("ix_t_5_what", table_name='t_5')
    op.drop_table('t_5')
