"""step_4

Revision ID: 4444
Create Date: 2024-01-02 03:04:05
"""

import sqlalchemy as sa
from alembic import op

revision = '4444'
down_revision = '3333'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("INSERT INTO nowhere VALUES (1)")
    op.create_table('t_4', sa.Column("id", sa.Integer(), primary_key=True), sa.Column("what", sa.String(20), nullable=False, server_default="x"))
    op.create_index("ix_t_4_what", 't_4', ["what"])


def downgrade():
    op.drop_index("ix_t_4_what", table_name='t_4')
    op.drop_table('t_4')
