"""step_1

Revision ID: 1111
Create Date: 2024-01-02 03:04:05
"""

import sqlalchemy as sa
from alembic import op

revision = '1111'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('t_1', sa.Column("id", sa.Integer(), primary_key=True), sa.Column("what", sa.String(20), nullable=False, server_default="x"))
    op.create_index("ix_t_1_what", 't_1', ["what"])


def downgrade():
    op.drop_index("ix_t_1_what", table_name='t_1')
    op.drop_table('t_1')
