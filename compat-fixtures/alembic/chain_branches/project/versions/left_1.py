"""left_1

Revision ID: b1
Create Date: 2024-01-02 03:04:05
"""

import sqlalchemy as sa
from alembic import op

revision = 'b1'
down_revision = 'a1'
branch_labels = ('left',)
depends_on = None


def upgrade():
    op.create_table('t_b1', sa.Column("id", sa.Integer(), primary_key=True), sa.Column("what", sa.String(20), nullable=False, server_default="x"))
    op.create_index("ix_t_b1_what", 't_b1', ["what"])


def downgrade():
    op.drop_index("ix_t_b1_what", table_name='t_b1')
    op.drop_table('t_b1')
