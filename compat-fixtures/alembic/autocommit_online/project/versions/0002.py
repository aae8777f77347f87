"""make 0002

Revision ID: 0002
Create Date: 2024-01-02 03:04:05
"""

from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("INSERT INTO a VALUES (1)")
    with op.get_context().autocommit_block():
        op.create_index("ix", "a", ["x"], postgresql_concurrently=True)
    op.execute("INSERT INTO a VALUES (2)")


def downgrade():
    with op.get_context().autocommit_block():
        op.drop_index("ix", table_name="a", postgresql_concurrently=True)
