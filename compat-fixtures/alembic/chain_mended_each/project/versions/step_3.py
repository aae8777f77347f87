"""step_3

Revision ID: 3333
Create Date: 2024-01-02 03:04:05
"""

import sqlalchemy as sa
from alembic import op

revision = '3333'
down_revision = '2222'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('t_3', sa.Column("id", sa.Integer(), primary_key=True), sa.Column("what", sa.String(20), nullable=False, server_default="x"))
    op.create_index("ix_t_3_what", 't_3', ["what"])


def downgrade():
    op.drop_index("ix_t_3_what", table_name='t_3')
    op.drop_table('t_3')
