"""core_1

Revision ID: p1
Create Date: 2024-01-02 03:04:05
"""

import sqlalchemy as sa
from alembic import op

revision = 'p1'
down_revision = None
branch_labels = ('core',)
depends_on = None


def upgrade():
    op.create_table('t_p1', sa.Column("id", sa.Integer(), primary_key=True), sa.Column("what", sa.String(20), nullable=False, server_default="x"))
    op.create_index("ix_t_p1_what", 't_p1', ["what"])


def downgrade():
    op.drop_index("ix_t_p1_what", table_name='t_p1')
    op.drop_table('t_p1')
