"""shop_1

Revision ID: q1
Create Date: 2024-01-02 03:04:05
"""

import sqlalchemy as sa
from alembic import op

revision = 'q1'
down_revision = None
branch_labels = ('shop',)
depends_on = None


def upgrade():
    op.create_table('t_q1', sa.Column("id", sa.Integer(), primary_key=True), sa.Column("what", sa.String(20), nullable=False, server_default="x"))
    op.create_index("ix_t_q1_what", 't_q1', ["what"])


def downgrade():
    op.drop_index("ix_t_q1_what", table_name='t_q1')
    op.drop_table('t_q1')
