"""shop_2

Revision ID: q2
Create Date: 2024-01-02 03:04:05
"""

import sqlalchemy as sa
from alembic import op

revision = 'q2'
down_revision = 'q1'
branch_labels = None
depends_on = 'p2'


def upgrade():
    op.create_table('t_q2', sa.Column("id", sa.Integer(), primary_key=True), sa.Column("what", sa.String(20), nullable=False, server_default="x"))
    op.create_index("ix_t_q2_what", 't_q2', ["what"])


def downgrade():
    op.drop_index("ix_t_q2_what", table_name='t_q2')
    op.drop_table('t_q2')
