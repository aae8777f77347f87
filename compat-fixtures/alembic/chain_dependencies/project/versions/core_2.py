"""core_2

Revision ID: p2
Create Date: 2024-01-02 03:04:05
"""

import sqlalchemy as sa
from alembic import op

revision = 'p2'
down_revision = 'p1'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('t_p2', sa.Column("id", sa.Integer(), primary_key=True), sa.Column("what", sa.String(20), nullable=False, server_default="x"))
    op.create_index("ix_t_p2_what", 't_p2', ["what"])


def downgrade():
    op.drop_index("ix_t_p2_what", table_name='t_p2')
    op.drop_table('t_p2')
