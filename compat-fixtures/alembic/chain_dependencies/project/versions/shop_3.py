"""shop_3

Revision ID: q3
Create Date: 2024-01-02 03:04:05
"""

import sqlalchemy as sa
from alembic import op

revision = 'q3'
down_revision = 'q2'
branch_labels = None
depends_on = 'p3'


def upgrade():
    op.create_table('t_q3', sa.Column("id", sa.Integer(), primary_key=True), sa.Column("what", sa.String(20), nullable=False, server_default="x"))
    op.create_index("ix_t_q3_what", 't_q3', ["what"])


def downgrade():
    op.drop_index("ix_t_q3_what", table_name='t_q3')
    op.drop_table('t_q3')
