"""outside

Revision ID: 0003
Create Date: 2024-01-02 03:04:05
"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade():
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE kind ADD VALUE IF NOT EXISTS 'plainer'")
        op.create_index("ix_thing_name", "thing", ["name"], postgresql_concurrently=True, if_not_exists=True)
    op.execute("UPDATE thing SET kind = 'plainer' WHERE part IS NULL")


def downgrade():
    op.execute("UPDATE thing SET kind = 'plain' WHERE kind = 'plainer'")
    with op.get_context().autocommit_block():
        op.drop_index("ix_thing_name", table_name="thing", postgresql_concurrently=True)
