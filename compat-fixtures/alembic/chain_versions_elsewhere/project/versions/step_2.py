"""step_2

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
    op.create_table('t_2', sa.Column("id", sa.Integer(), primary_key=True), sa.Column("what", sa.String(20), nullable=False, server_default="x"))
    op.create_index("ix_t_2_what", 't_2', ["what"])


def downgrade():
    op.drop_index("ix_t_2_what", table_name='t_2')
    op.drop_table('t_2')
