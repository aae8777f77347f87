"""right_1

Revision ID: c1
Create Date: 2024-01-02 03:04:05
"""

import sqlalchemy as sa
from alembic import op

revision = 'c1'
down_revision = 'a1'
branch_labels = ('right',)
depends_on = None


def upgrade():
    op.create_table('t_c1', sa.Column("id", sa.Integer(), primary_key=True), sa.Column("what", sa.String(20), nullable=False, server_default="x"))
    op.create_index("ix_t_c1_what", 't_c1', ["what"])


def downgrade():
    op.drop_index("ix_t_c1_what", table_name='t_c1')
    op.drop_table('t_c1')
